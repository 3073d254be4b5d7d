import { describe, expect, test } from "vitest";

import { ordered } from "../src/dicom/order";
import { covers, cutOf, type Plane } from "../src/marks/cuts";
import type { Mark, On } from "../src/types";
import { slice } from "./headers";

const frames = ordered(
  Array.from({ length: 6 }, (_, at) => slice(`1.${at}`, 3 * at, { Rows: 10, Columns: 20 })),
  "1",
  "2",
);
const series: On = { series: "2" };
const on = (at: number): On => ({ series: "2", sop: `1.${at}` });
/** All of one column of pixels, one row of them, or one slice. */
const column = (x: number): Plane => ({ normal: [1, 0, 0], d: x });
const row = (y: number): Plane => ({ normal: [0, -2, 0], d: -2 * y });
const depth = (z: number): Plane => ({ normal: [0, 0, 3], d: 3 * z });
/** The ends of each outline along an axis. */
const extents = (mark: Mark, plane: Plane, axis: number) =>
  cutOf(mark, frames, plane).outlines.map((ring) => {
    const values = ring.map((place) => place[axis]!);
    return [Math.min(...values), Math.max(...values)];
  });

const box: Mark = { kind: "box", on: { ...series, slices: [1, 3] }, min: [2000, 1500], max: [8000, 4000] };

describe("a box through slices", () => {
  test("is a rectangle in the planes across them, as high as its slices are thick", () => {
    expect(extents(box, row(2), 0)).toEqual([[2, 8]]);
    expect(extents(box, row(2), 1)).toEqual([[2, 2]]);
    expect(extents(box, row(2), 2)).toEqual([[0.5, 3.5]]);
    expect(extents(box, column(5), 1)).toEqual([[1.5, 4]]);
  });

  test("is its own outline on its slices, and nothing beside it", () => {
    expect(extents(box, depth(3.4), 0)).toEqual([[2, 8]]);
    for (const plane of [depth(3.6), depth(0.4), row(1.4), row(4.1), column(9)]) {
      expect(cutOf(box, frames, plane)).toEqual({ outlines: [], lines: [] });
    }
  });

  test("is cut to its height by a plane that goes through it aslant", () => {
    // z = x / 2: at its left edge (x = 2) on slice 1, and above its last slice (3.5) from x = 7 on.
    const aslant: Plane = { normal: [1, 0, -2], d: 0 };
    expect(extents(box, aslant, 0)).toEqual([[2, 7]]);
    expect(extents(box, aslant, 2)).toEqual([[1, 3.5]]);
  });
});

test("an outline and its hole are the stretches of the line that lie in it", () => {
  const ring: Mark = {
    kind: "polygon",
    on: on(2),
    points: [[1000, 1000], [9000, 1000], [9000, 7000], [1000, 7000]],
    holes: [[[3000, 3000], [5000, 3000], [5000, 5000], [3000, 5000]]],
  };
  expect(extents(ring, row(4), 0).sort((a, b) => a[0]! - b[0]!)).toEqual([[1, 3], [5, 9]]);
  expect(extents(ring, row(2), 0)).toEqual([[1, 9]]);
  expect(extents(ring, row(4), 2)).toEqual([[1.5, 2.5], [1.5, 2.5]]);
});

test("an ellipse is as wide as it is at that line", () => {
  const ellipse: Mark = { kind: "ellipse", on: on(0), center: [10_000, 5000], radii: [6000, 3000], angle_mdeg: 0 };
  const [[left, right]] = extents(ellipse, row(5), 0) as [[number, number]];
  expect(left).toBeCloseTo(4, 1);
  expect(right).toBeCloseTo(16, 1);
  const half = 6 * Math.sqrt(1 - (2 / 3) ** 2);
  expect(extents(ellipse, row(7), 0)[0]![1]).toBeCloseTo(10 + half, 1);
});

test("a mask is its painted pixels on each slice, whole stretches in one piece", () => {
  const mask: Mark = {
    kind: "mask",
    on: series,
    rows: 10,
    columns: 20,
    // Row 3: pixels 4 to 6 and 10; a run that goes on in row 4.
    slices: [{ slice: 1, runs: [64, 3, 70, 1, 78, 4] }, { slice: 4, runs: [64, 3] }],
  };
  expect(extents(mask, row(3.5), 0).sort((a, b) => a[0]! - b[0]!)).toEqual([[4, 7], [4, 7], [10, 11], [18, 20]]);
  expect(extents(mask, row(4.5), 0)).toEqual([[0, 2]]);
  expect(extents(mask, column(18.5), 1)).toEqual([[3, 4]]);
  expect(extents(mask, depth(4), 0)).toEqual([[4, 7]]);
  const cut = cutOf(mask, frames, row(3.5));
  expect(covers(cut, row(3.5), [5, 3.5, 1.2])).toBe(true);
  expect(covers(cut, row(3.5), [8, 3.5, 1.2])).toBe(false);
  expect(covers(cut, row(3.5), [5, 3.5, 2.2])).toBe(false);
});

test("a point is seen where the plane goes through its pixel, laid into the plane", () => {
  const point: Mark = { kind: "point", on: on(2), at: [5400, 3000] };
  expect(cutOf(point, frames, column(5)).lines).toEqual([[[5, 3, 2]]]);
  expect(cutOf(point, frames, column(4.8)).lines).toEqual([]);
  expect(cutOf(point, frames, depth(2.3)).lines).toEqual([[[5.4, 3, 2.3]]]);
  expect(cutOf(point, frames, depth(2.6)).lines).toEqual([]);
});

test("a length is its piece near the plane, whole where it lies in it", () => {
  const length: Mark = { kind: "length", on: on(1), from: [2000, 2000], to: [10_000, 2000] };
  expect(cutOf(length, frames, column(6)).lines).toEqual([[[6, 2, 1]]]);
  expect(cutOf(length, frames, column(11)).lines).toEqual([]);
  expect(cutOf(length, frames, row(2)).lines).toEqual([[[2, 2, 1], [10, 2, 1]]]);
  expect(cutOf(length, frames, row(3)).lines).toEqual([]);
  expect(cutOf(length, frames, depth(1)).lines).toEqual([[[2, 2, 1], [10, 2, 1]]]);
});

test("spans and marks of another series are nowhere in a volume", () => {
  const nothing = { outlines: [], lines: [] };
  expect(cutOf({ kind: "span", on: series, frames: [1, 3] }, frames, depth(1))).toEqual(nothing);
  expect(cutOf({ ...box, on: { series: "9", slices: [1, 3] } } as Mark, frames, row(2))).toEqual(nothing);
});
