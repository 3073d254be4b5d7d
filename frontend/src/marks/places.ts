/** On which slices of a series a mark lies, as the server counts them (docs/dicom-out.md, Where a mark lies). */
import type { Frame } from "../dicom/frames";
import type { Mark, On, Range, Tool } from "../types";

/** What a new mark says of where it lies: always the same words for the same place, so that readers agree. */
export function onOf(tool: Pick<Tool, "kind" | "slices">, frames: Frame[], index: number): On {
  const frame = frames[index]!;
  const series = frame.series;
  if (tool.kind === "box" && tool.slices) return { series, slices: [index, index] };
  if (tool.kind === "mask") return frames.length > 1 ? { series } : { series, sop: frame.sop };
  if (tool.kind === "span") return frame.alone ? { series } : { series, sop: frame.sop };
  return frame.alone ? { series, sop: frame.sop } : { series, sop: frame.sop, frame: frame.number };
}

/** The slices (from 0, in this order of frames) that a mark touches; [] where it lies on another series. */
export function slicesOf(mark: Mark, frames: Frame[]): number[] {
  const { series, sop, frame } = mark.on;
  if (series !== undefined && series !== frames[0]?.series) return [];
  const own = frames.flatMap((one, index) => (sop === undefined || one.sop === sop ? [index] : []));
  if (mark.kind === "span") return spanned(own, frames, mark.frames, sop !== undefined);
  if (frame !== undefined) return own.filter((index) => frames[index]!.number === frame);
  const counted = sop === undefined ? own : byNumber(own, frames);
  const numbers = mark.kind === "mask" ? mark.slices.map((one) => one.slice) : wholeRange(mark.on.slices);
  if (numbers === null) return own.length === 1 ? own : [];
  return numbers.flatMap((number) => counted[number] ?? []).sort((a, b) => a - b);
}

/** The number under which a mask counts this slice: the reverse of `slicesOf`. */
export function numberOf(on: On, frames: Frame[], index: number): number {
  if (on.sop === undefined) return index;
  const own = frames.flatMap((one, at) => (one.sop === on.sop ? [at] : []));
  return byNumber(own, frames).indexOf(index);
}

/** The frame's number by which a span counts: in its file, or in the series. */
export function frameNumber(on: On, frames: Frame[], index: number): number {
  return on.sop === undefined ? index + 1 : frames[index]!.number;
}

/** A range with one end at `now`: what would come to lie the wrong way round becomes that one. */
export function withEnd(range: Range, end: "first" | "last", now: number): Range {
  if (end === "first") return [now, Math.max(now, range[1])];
  return [Math.min(range[0], now), now];
}

function spanned(own: number[], frames: Frame[], [first, last]: Range, inFile: boolean): number[] {
  return own.filter((index) => {
    const number = inFile ? frames[index]!.number : index + 1;
    return number >= first && number <= last;
  });
}

function byNumber(own: number[], frames: Frame[]): number[] {
  return [...own].sort((a, b) => frames[a]!.number - frames[b]!.number);
}

function wholeRange(range: Range | undefined): number[] | null {
  return range ? Array.from({ length: range[1] - range[0] + 1 }, (_, step) => range[0] + step) : null;
}
