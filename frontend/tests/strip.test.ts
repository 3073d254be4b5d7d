import { expect, test } from "vitest";

import { moved, titleOf } from "../src/island/strip";

test("a series moves one place, and not beyond the ends", () => {
  const order = ["a", "b", "c"];
  expect(moved(order, "c", -1)).toEqual(["a", "c", "b"]);
  expect(moved(order, "a", 1)).toEqual(["b", "a", "c"]);
  for (const [uid, by] of [["a", -1], ["c", 1], ["gone", 1]] as const) expect(moved(order, uid, by)).toBe(order);
  expect(order).toEqual(["a", "b", "c"]);
});

test("a series is named by what is known of it", () => {
  const one = { study: "1", uid: "2", modality: "MG", number: 3, description: "", images: 1 };
  expect(titleOf(one)).toBe("MG Series 3");
  expect(titleOf({ ...one, laterality: "R", view: "CC", number: null })).toBe("MG R CC");
  expect(titleOf({ ...one, description: "Scout" })).toBe("MG Scout");
});
