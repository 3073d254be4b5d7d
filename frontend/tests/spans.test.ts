import { expect, test } from "vitest";

import { framesOf } from "../src/dicom/frames";
import { endsOf } from "../src/island/spans";
import type { Drawn } from "../src/types";
import { slice } from "./headers";

const film = framesOf(slice("1.1", 0, { NumberOfFrames: 11 }), "1", "2");
const span = (first: number, last: number, series = "2"): Drawn => ({
  id: "a",
  tool: "beat",
  layer: "mine",
  mark: { kind: "span", on: { series, sop: "1.1" }, frames: [first, last] },
});

test("a span's ends are parts of the way from the first frame to the last", () => {
  expect(endsOf(span(1, 11), film)).toEqual([0, 1]);
  expect(endsOf(span(3, 6), film)).toEqual([0.2, 0.5]);
  expect(endsOf(span(6, 6), film)).toEqual([0.5, 0.5]);
});

test("a span of another series, or of a single image, has none", () => {
  expect(endsOf(span(1, 2, "9"), film)).toBeNull();
  expect(endsOf(span(1, 1), film.slice(0, 1))).toBeNull();
});
