/**
 * Marks of slices as a plane through the volume cuts them. Places are [x, y, z] among the volume's pixels: x and y in
 * pixels from the outer corner of the first one, z in slices, whole at their middles; a mark fills its slices' thickness.
 */
import type { Frame, Vector } from "../dicom/frames";
import type { Drawn, Mark, MaskMark, Point } from "../types";
import { lines } from "./geometry";
import { numberOf, slicesOf } from "./places";

/** All places where a·x + b·y + c·z = d. */
export interface Plane {
  normal: Vector;
  d: number;
}

/** What is seen of a mark in a plane: closed outlines, and lines (of one place: a point). */
export interface Cut {
  outlines: Vector[][];
  lines: Vector[][];
}

type Spot = [number, number];

/** How steeply a plane may cross the slices and still count as standing upright on them. */
const UPRIGHT = 1e-6;

/** Where a plane cuts a mark on slices of these frames; nothing where it doesn't, and of spans. */
export function cutOf(mark: Mark, frames: Frame[], plane: Plane): Cut {
  const slices = slicesOf(mark, frames);
  const cut: Cut = { outlines: [], lines: [] };
  if (mark.kind === "span" || !slices.length) return cut;
  if (mark.kind === "point" || mark.kind === "length") {
    const [from, to] = lines(mark)[0]!.map(spotOf) as [Spot, Spot | undefined];
    for (const slice of slices) cut.lines.push(...near([...from, slice], [...(to ?? from), slice], plane));
    return cut;
  }
  if (mark.kind === "mask") {
    for (const slice of slices) {
      const runs = runsOn(mark, frames, slice);
      cut.outlines.push(...through(rectangles(runs, mark.columns), slice - 0.5, slice + 0.5, plane));
    }
    return cut;
  }
  const rings = lines(mark).map((ring) => ring.slice(0, -1).map(spotOf));
  for (const [first, last] of stretches(slices)) cut.outlines.push(...through(rings, first - 0.5, last + 0.5, plane));
  return cut;
}

/** Whether a place of the plane lies in what is filled of a cut, seen along the axis that the plane faces most. */
export function covers({ outlines }: Cut, { normal }: Plane, place: Vector): boolean {
  const sizes = normal.map(Math.abs);
  const away = sizes.indexOf(Math.max(...sizes));
  const [u, v] = [0, 1, 2].filter((axis) => axis !== away) as [number, number];
  return outlines.reduce((inside, ring) => {
    const flat = ring.map((one): Point => [one[u]!, one[v]!]);
    return crossings(flat, place[u]!, place[v]!) % 2 ? !inside : inside;
  }, false);
}

/** The marks that a plane cuts, each with its cut; the last lies above. */
export function cutsOf(all: Drawn[], frames: Frame[], plane: Plane): [Drawn, Cut][] {
  const cuts = all.map((one): [Drawn, Cut] => [one, cutOf(one.mark, frames, plane)]);
  return cuts.filter(([, { outlines, lines: open }]) => outlines.length + open.length > 0);
}

function spotOf([x, y]: Point): Spot {
  return [x / 1000, y / 1000];
}

/** Neighbouring slices as one body: [first, last] of each. */
function stretches(slices: number[]): Spot[] {
  const found: Spot[] = [];
  for (const slice of slices) {
    if (found.length && found.at(-1)![1] === slice - 1) found.at(-1)![1] = slice;
    else found.push([slice, slice]);
  }
  return found;
}

function runsOn(mark: MaskMark, frames: Frame[], slice: number): number[] {
  const number = numberOf(mark.on, frames, slice);
  return mark.slices.find((one) => one.slice === number)?.runs ?? [];
}

/** Painted pixels as rectangles, a row each; a run that goes on in the next row is parted there. */
function rectangles(runs: number[], columns: number): Spot[][] {
  const found: Spot[][] = [];
  for (let at = 0; at < runs.length; at += 2) {
    let [start, left] = [runs[at]!, runs[at + 1]!];
    while (left > 0) {
      const [x, y] = [start % columns, Math.floor(start / columns)];
      const length = Math.min(left, columns - x);
      found.push([
        [x, y],
        [x + length, y],
        [x + length, y + 1],
        [x, y + 1],
      ]);
      [start, left] = [start + length, left - length];
    }
  }
  return found;
}

/** The cut through the body that rings make between two heights. */
function through(rings: Spot[][], low: number, high: number, plane: Plane): Vector[][] {
  const { normal, d } = plane;
  const [a, b, c] = normal;
  if (Math.abs(c) <= UPRIGHT * Math.hypot(a, b)) return upright(rings, low, high, [a, b], d);
  const height = ([x, y]: Spot) => (d - a * x - b * y) / c;
  return rings.flatMap((ring) => {
    const within = clipped(
      clipped(ring, (spot) => height(spot) - low),
      (spot) => high - height(spot),
    );
    return within.length > 2 ? [within.map((spot): Vector => [...spot, height(spot)])] : [];
  });
}

/** A plane that stands on the slices meets them in a line: a rectangle for each stretch of it that lies inside. */
function upright(rings: Spot[][], low: number, high: number, [a, b]: Spot, d: number): Vector[][] {
  return inside(rings, [a, b], d).map(([from, to]): Vector[] => [
    [...from, low],
    [...to, low],
    [...to, high],
    [...from, high],
  ]);
}

/** The stretches of the line a·x + b·y = d inside rings; rings that touch on it make one stretch. */
function inside(rings: Spot[][], [a, b]: Spot, d: number): [Spot, Spot][] {
  const side = ([x, y]: Spot) => a * x + b * y - d;
  const along = ([x, y]: Spot) => a * y - b * x;
  const met = rings.flatMap((ring) =>
    ring.flatMap((from, at): Spot[] => {
      const to = ring[(at + 1) % ring.length]!;
      const [s, t] = [side(from), side(to)];
      return s > 0 === t > 0 ? [] : [part(from, to, s / (s - t))];
    }),
  );
  met.sort((one, other) => along(one) - along(other));
  const found: [Spot, Spot][] = [];
  for (let at = 0; at + 1 < met.length; at += 2) {
    const before = found.at(-1);
    if (before && Math.abs(along(before[1]) - along(met[at]!)) < 1e-9 * Math.hypot(a, b)) before[1] = met[at + 1]!;
    else found.push([met[at]!, met[at + 1]!]);
  }
  return found;
}

/** The part of a ring where `over` is 0 or more (Sutherland and Hodgman 1974). */
function clipped(ring: Spot[], over: (spot: Spot) => number): Spot[] {
  return ring.flatMap((to, at) => {
    const from = ring.at(at - 1)!;
    const [s, t] = [over(from), over(to)];
    const edge = s >= 0 === t >= 0 ? [] : [part(from, to, s / (s - t))];
    return t >= 0 ? [...edge, to] : edge;
  });
}

/** The part of a line whose pixels the plane goes through, laid into the plane; of one place where both ends are one. */
function near(from: Vector, to: Vector, { normal, d }: Plane): Vector[][] {
  const over = (place: Vector) => normal.reduce((sum, one, axis) => sum + one * place[axis]!, -d);
  const reach = normal.reduce((sum, one) => sum + Math.abs(one), 0) / 2;
  const square = normal.reduce((sum, one) => sum + one * one, 0);
  const [s, t] = [over(from), over(to)];
  if (Math.min(s, t) > reach || Math.max(s, t) < -reach) return [];
  const share = (value: number) => Math.max(0, Math.min(1, s === t ? 0 : (value - s) / (t - s)));
  const ends = s === t ? [0, 1] : [share(s < t ? -reach : reach), share(s < t ? reach : -reach)];
  const laid = ends.map((one) => {
    const place = from.map((start, axis) => start + one * (to[axis]! - start)) as Vector;
    const away = over(place) / square;
    return place.map((value, axis) => value - away * normal[axis]!) as Vector;
  });
  return laid[0]!.every((value, axis) => value === laid[1]![axis]) ? [[laid[0]!]] : [laid];
}

function part(from: Spot, to: Spot, share: number): Spot {
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}

/** How often a ray to the right meets a ring. */
function crossings(ring: Point[], x: number, y: number): number {
  return ring.filter(([a, b], at) => {
    const [c, e] = ring[(at + 1) % ring.length]!;
    return b > y !== e > y && x < ((c - a) * (y - b)) / (e - b) + a;
  }).length;
}
