/** Masks: painted pixels, and the runs by which they are stored. */
import type { MaskMark } from "../types";
import type { Size } from "./geometry";

/** One byte per pixel, 1 where painted, from runs counted along the rows. */
export function painted(runs: number[], { rows, columns }: Size): Uint8Array {
  const pixels = new Uint8Array(rows * columns);
  for (let at = 0; at < runs.length; at += 2) pixels.fill(1, runs[at]!, runs[at]! + runs[at + 1]!);
  return pixels;
}

/** [start, length, …], rising with gaps between; a run goes on in the next row. */
export function runsOf(pixels: Uint8Array): number[] {
  const runs: number[] = [];
  for (let at = pixels.indexOf(1); at >= 0;) {
    const end = pixels.indexOf(0, at);
    const stop = end < 0 ? pixels.length : end;
    runs.push(at, stop - at);
    at = end < 0 ? -1 : pixels.indexOf(1, stop);
  }
  return runs;
}

/** Paints (1) or erases (0) all pixels whose middle lies within `radius` pixels of the way from a to b. */
export function stroke(
  pixels: Uint8Array,
  { rows, columns }: Size,
  a: readonly [number, number],
  b: readonly [number, number],
  radius: number,
  value: 0 | 1,
): void {
  const reach = Math.max(radius, 0.5);
  const [left, right] = ends(a[0], b[0], reach, columns);
  const [top, bottom] = ends(a[1], b[1], reach, rows);
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      if (isNear(x + 0.5, y + 0.5, a, b, radius)) pixels[y * columns + x] = value;
    }
  }
}

function ends(a: number, b: number, reach: number, most: number): [number, number] {
  return [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(most - 1, Math.floor(Math.max(a, b) + reach))];
}

/** Always the pixel that is pointed at, however small the brush. */
function isNear(
  x: number,
  y: number,
  a: readonly [number, number],
  b: readonly [number, number],
  radius: number,
): boolean {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
  const [nx, ny] = [a[0] + share * dx, a[1] + share * dy];
  const pointed = Math.abs(x - nx) <= 0.5 && Math.abs(y - ny) <= 0.5;
  return pointed || (x - nx) ** 2 + (y - ny) ** 2 <= radius * radius;
}

/** The mask with other runs on a slice; null where nothing is left of it. */
export function withSlice(mark: MaskMark, slice: number, runs: number[]): MaskMark | null {
  const others = mark.slices.filter((one) => one.slice !== slice);
  const slices = runs.length ? [...others, { slice, runs }].sort((a, b) => a.slice - b.slice) : others;
  return slices.length ? { ...mark, slices } : null;
}

/** How many pixels are painted. */
export function count(mark: MaskMark): number {
  return mark.slices.reduce((sum, one) => sum + one.runs.reduce((s, run, at) => s + (at % 2 ? run : 0), 0), 0);
}
