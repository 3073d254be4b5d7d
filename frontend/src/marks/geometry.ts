/** Shapes in whole thousandths of a pixel: how they are made, turned, moved, and where their handles are. */
import type { BoxMark, EllipseMark, Mark, Point } from "../types";

/** The size of a picture in pixels. */
export interface Size {
  rows: number;
  columns: number;
}

/** A spot in pixels as whole thousandths, kept on the picture. */
export function milli(spot: readonly [number, number], size: Size): Point {
  return [within(Math.round(spot[0] * 1000), size.columns), within(Math.round(spot[1] * 1000), size.rows)];
}

function within(value: number, pixels: number): number {
  return Math.max(0, Math.min(value, pixels * 1000)) || 0; // no -0
}

/** Upper left and lower right corner; null where there is no area. */
export function corners(a: Point, b: Point): Pick<BoxMark, "min" | "max"> | null {
  const min: Point = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  const max: Point = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  return min[0] < max[0] && min[1] < max[1] ? { min, max } : null;
}

/** The ellipse that fills the box between two corners; null where there is no area. */
export function ellipseIn(a: Point, b: Point): Pick<EllipseMark, "center" | "radii" | "angle_mdeg"> | null {
  const box = corners(a, b);
  if (!box) return null;
  const half = ([0, 1] as const).map((axis) => Math.max(1, Math.round((box.max[axis] - box.min[axis]) / 2)));
  const middle = ([0, 1] as const).map((axis) => Math.round((box.min[axis] + box.max[axis]) / 2));
  return { center: middle as Point, radii: half as [number, number], angle_mdeg: 0 };
}

/** Where the axes of an ellipse end: first axis forth and back, second forth and back. */
export function axisEnds({ center, radii, angle_mdeg }: EllipseMark): [Point, Point, Point, Point] {
  const turn = (angle_mdeg / 1000) * (Math.PI / 180);
  const [along, across]: [Point, Point] = [
    [Math.cos(turn), Math.sin(turn)],
    [-Math.sin(turn), Math.cos(turn)],
  ];
  const end = (axis: Point, length: number): Point => [center[0] + axis[0] * length, center[1] + axis[1] * length];
  return [end(along, radii[0]), end(along, -radii[0]), end(across, radii[1]), end(across, -radii[1])];
}

/** Points along the outline of an ellipse. */
export function ellipsePoints(mark: EllipseMark, count = 72): Point[] {
  const [a, , b] = axisEnds(mark);
  const [u, v] = [minus(a, mark.center), minus(b, mark.center)];
  return Array.from({ length: count }, (_, step) => {
    const turn = (2 * Math.PI * step) / count;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return [mark.center[0] + u[0] * c + v[0] * s, mark.center[1] + u[1] * c + v[1] * s];
  });
}

/** The lines that show a mark, closed ones ending where they began; [] for what has none. */
export function lines(mark: Mark): Point[][] {
  switch (mark.kind) {
    case "point":
      return [[mark.at]];
    case "length":
      return [[mark.from, mark.to]];
    case "box":
      return [closed([mark.min, [mark.max[0], mark.min[1]], mark.max, [mark.min[0], mark.max[1]]])];
    case "ellipse":
      return [closed(ellipsePoints(mark))];
    case "polygon":
      return [mark.points, ...(mark.holes ?? [])].map(closed);
    default:
      return [];
  }
}

/** The points by which a mark can be changed, in a fixed order. */
export function handles(mark: Mark): Point[] {
  switch (mark.kind) {
    case "point":
      return [mark.at];
    case "length":
      return [mark.from, mark.to];
    case "box":
      return lines(mark)[0]!.slice(0, 4);
    case "ellipse":
      return axisEnds(mark);
    case "polygon":
      return mark.points;
    default:
      return [];
  }
}

/** The mark with one handle elsewhere; null where nothing would be left of it. */
export function withHandle(mark: Mark, handle: number, at: Point): Mark | null {
  switch (mark.kind) {
    case "point":
      return { ...mark, at };
    case "length": {
      const changed = { ...mark, [handle === 0 ? "from" : "to"]: at };
      return same(changed.from, changed.to) ? null : changed;
    }
    case "box": {
      const box = corners(handles(mark)[(handle + 2) % 4]!, at);
      return box && { ...mark, ...box };
    }
    case "ellipse":
      return turned(mark, handle, at);
    case "polygon":
      return { ...mark, points: mark.points.map((point, index) => (index === handle ? at : point)) };
    default:
      return null;
  }
}

/** An ellipse whose axis ends at `at`: its length and its direction follow. */
function turned(mark: EllipseMark, handle: number, at: Point): EllipseMark | null {
  const reach = minus(at, mark.center);
  const radius = Math.round(Math.hypot(...reach));
  if (radius < 1) return null;
  const own = (Math.atan2(reach[1], reach[0]) * 180) / Math.PI - (handle >= 2 ? 90 : 0);
  const radii: [number, number] = handle < 2 ? [radius, mark.radii[1]] : [mark.radii[0], radius];
  return { ...mark, radii, angle_mdeg: halfTurn(Math.round(own * 1000)) };
}

function halfTurn(mdeg: number): number {
  return ((mdeg % 180_000) + 180_000) % 180_000;
}

/** The mark moved by thousandths of a pixel, as far as the picture reaches. */
export function moved(mark: Mark, by: Point, size: Size): Mark {
  const all = mark.kind === "ellipse" ? ellipsePoints(mark) : lines(mark).flat();
  const step: Point = [room(all, 0, by[0], size.columns), room(all, 1, by[1], size.rows)];
  const to = (point: Point): Point => [point[0] + step[0], point[1] + step[1]];
  switch (mark.kind) {
    case "point":
      return { ...mark, at: to(mark.at) };
    case "length":
      return { ...mark, from: to(mark.from), to: to(mark.to) };
    case "box":
      return { ...mark, min: to(mark.min), max: to(mark.max) };
    case "ellipse":
      return { ...mark, center: to(mark.center) };
    case "polygon":
      return {
        ...mark,
        points: mark.points.map(to),
        ...(mark.holes && { holes: mark.holes.map((one) => one.map(to)) }),
      };
    default:
      return mark;
  }
}

function room(all: Point[], axis: 0 | 1, by: number, pixels: number): number {
  const values = all.map((point) => point[axis]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return Math.round(Math.max(Math.min(by, pixels * 1000 - most), -least)) || 0;
}

export function same(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function minus(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1]];
}

function closed(ring: Point[]): Point[] {
  return [...ring, ring[0]!];
}
