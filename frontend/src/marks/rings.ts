/** Closed outlines: whether they cross, what they enclose. */
import type { Point, PolygonMark } from "../types";

/** Whether an outline and its holes are as they must be: simple, the holes inside and apart. */
export function isSound(mark: PolygonMark): boolean {
  const bare: PolygonMark | null = isSimple(mark.points) ? { ...mark, holes: [] } : null;
  return (
    (mark.holes ?? []).reduce((whole, hole) => (whole && isSimple(hole) ? withHole(whole, hole) : null), bare) !== null
  );
}

/** Whether a ring has an area and no two of its sides meet. */
export function isSimple(ring: Point[]): boolean {
  if (ring.length < 3 || area(ring) === 0) return false;
  for (let i = 0; i < ring.length; i += 1) {
    for (let j = i + 1; j < ring.length; j += 1) {
      const next = j === i + 1 || (i === 0 && j === ring.length - 1);
      if (!next && meet(ring[i]!, ring[(i + 1) % ring.length]!, ring[j]!, ring[(j + 1) % ring.length]!)) return false;
    }
  }
  return true;
}

/** The outline with a hole; null unless the ring lies inside, apart from its sides and other holes. */
export function withHole(mark: PolygonMark, ring: Point[]): PolygonMark | null {
  const holes = mark.holes ?? [];
  const apart = [mark.points, ...holes].every((other) => !ringsMeet(other, ring));
  const nested = holes.some((hole) => isInside(ring[0]!, hole) || isInside(hole[0]!, ring));
  if (!apart || nested || !isInside(ring[0]!, mark.points)) return null;
  return { ...mark, holes: [...holes, ring] };
}

/** Whether a point lies inside a ring; what lies on a side counts as either. */
export function isInside([x, y]: Point, ring: Point[]): boolean {
  return ring.reduce((inside, [a, b], at) => {
    const [c, d] = ring[(at + 1) % ring.length]!;
    const crosses = b > y !== d > y && x < ((c - a) * (y - b)) / (d - b) + a;
    return crosses ? !inside : inside;
  }, false);
}

function ringsMeet(a: Point[], b: Point[]): boolean {
  return a.some((from, i) => b.some((other, j) => meet(from, a[(i + 1) % a.length]!, other, b[(j + 1) % b.length]!)));
}

/** In millionths of a square pixel, without its sign. */
export function area(ring: Point[]): number {
  const twice = ring.reduce((sum, [x, y], index) => {
    const [a, b] = ring[(index + 1) % ring.length]!;
    return sum + x * b - a * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [s, t, u, v] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (s !== t && u !== v) return true;
  return [
    [a, b, c, s],
    [a, b, d, t],
    [c, d, a, u],
    [c, d, b, v],
  ].some(([from, to, at, way]) => way === 0 && between(from as Point, to as Point, at as Point));
}

function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function between(a: Point, b: Point, at: Point): boolean {
  return ([0, 1] as const).every(
    (axis) => at[axis] >= Math.min(a[axis], b[axis]) && at[axis] <= Math.max(a[axis], b[axis]),
  );
}
