/** The order in which the slices of a series lie: the same as the server's (docs/dicom-out.md, Where a mark lies). */
import type { Frame, Vector } from "./frames";
import { framesOf } from "./frames";
import { number, text, type Dataset } from "./json";
import { TAG } from "./tags";

/** All frames of a series' headers, rising along their normal; without places by instance number, then frame. */
export function ordered(headers: Dataset[], study: string, series: string): Frame[] {
  const files = [...headers].sort(byNumber);
  const frames = files.flatMap((header) => framesOf(header, study, series));
  const normal = normalOf(frames[0]);
  if (!normal || frames.some((frame) => frame.place === null)) return frames;
  const height = new Map(frames.map((frame) => [frame, Number(dot(frame.place!, normal).toFixed(4))]));
  return [...frames].sort((a, b) => height.get(a)! - height.get(b)!);
}

/** The direction across a picture, of length 1; null where it is unknown. */
export function normalOf(frame: Frame | undefined): Vector | null {
  if (!frame?.directions) return null;
  const [a, b] = frame.directions;
  const across: Vector = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const length = Math.hypot(...across);
  return length ? [across[0] / length, across[1] / length, across[2] / length] : null;
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The distance between neighbouring slices in mm where the frames make one even stack of three or more; else null. */
export function evenStep(frames: Frame[]): number | null {
  const normal = normalOf(frames[0]);
  if (frames.length < 3 || !normal || !frames.every((frame) => alike(frame, frames[0]!))) return null;
  const heights = frames.map((frame) => dot(frame.place!, normal));
  const steps = heights.slice(1).map((height, index) => height - heights[index]!);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1]!;
  return usual > 0 && steps.every((step) => Math.abs(step - usual) <= usual * 0.01) ? usual : null;
}

function alike(frame: Frame, first: Frame): boolean {
  const same = (a: readonly number[], b: readonly number[]) =>
    a.every((one, index) => Math.abs(one - b[index]!) < 1e-3);
  return (
    frame.place !== null &&
    frame.directions !== null &&
    frame.spacing !== null &&
    first.spacing !== null &&
    frame.samples === 1 &&
    frame.rows === first.rows &&
    frame.columns === first.columns &&
    same(frame.spacing, first.spacing) &&
    same(frame.directions.flat(), first.directions!.flat())
  );
}

function byNumber(a: Dataset, b: Dataset): number {
  const step = (number(a, TAG.InstanceNumber) ?? 0) - (number(b, TAG.InstanceNumber) ?? 0);
  const [left, right] = [text(a, TAG.SOPInstanceUID), text(b, TAG.SOPInstanceUID)];
  return step || (left < right ? -1 : Number(left > right));
}
