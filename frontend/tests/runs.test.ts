import { expect, test } from "vitest";

import { count, painted, runsOf, stroke, withSlice } from "../src/marks/runs";
import type { MaskMark } from "../src/types";

const SIZE = { rows: 4, columns: 5 };

test("runs come back as they were, also across the end of a row", () => {
  const runs = [0, 1, 3, 4, 19, 1];
  expect(runsOf(painted(runs, SIZE))).toEqual(runs);
});

test("runs that touch are one", () => {
  expect(runsOf(painted([0, 2, 2, 3], SIZE))).toEqual([0, 5]);
});

test("an empty picture has no runs, and a full one has one", () => {
  expect(runsOf(new Uint8Array(20))).toEqual([]);
  expect(runsOf(new Uint8Array(20).fill(1))).toEqual([0, 20]);
});

test("a brush paints the pixels whose middles it reaches", () => {
  const pixels = new Uint8Array(20);
  stroke(pixels, SIZE, [2.5, 1.5], [2.5, 1.5], 1, 1);
  expect(runsOf(pixels)).toEqual([2, 1, 6, 3, 12, 1]);
});

test("the smallest brush paints the pixel that is pointed at, wherever in it", () => {
  const pixels = new Uint8Array(20);
  stroke(pixels, SIZE, [3.95, 2.05], [3.95, 2.05], 0.1, 1);
  expect([...pixels.keys()].filter((at) => pixels[at])).toContain(13);
});

test("a stroke erases, and never leaves the picture", () => {
  const pixels = new Uint8Array(20).fill(1);
  stroke(pixels, SIZE, [-3, 0.5], [9, 0.5], 0.4, 0);
  expect(runsOf(pixels)).toEqual([5, 15]);
});

test("slices of a mask rise, and a mask without any is none", () => {
  const mask: MaskMark = { kind: "mask", on: { series: "1.2" }, ...SIZE, slices: [{ slice: 4, runs: [0, 2] }] };
  const more = withSlice(mask, 1, [3, 2])!;
  expect(more.slices.map((one) => one.slice)).toEqual([1, 4]);
  expect(count(more)).toBe(4);
  expect(withSlice(mask, 4, [])).toBeNull();
});
