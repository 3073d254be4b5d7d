import { expect, test } from "vitest";

import { priorOf } from "../src/island/comparing";
import type { SeriesRef, StudyRef } from "../src/types";

const one = (study: string, uid: string, modality: string, view?: string): SeriesRef => ({
  study,
  uid,
  modality,
  number: 1,
  description: "",
  images: 1,
  view,
});
const studies: StudyRef[] = [
  { uid: "now", role: "current", label: "Current" },
  { uid: "last", role: "prior", label: "Last year" },
  { uid: "first", role: "prior", label: "Two years ago" },
];

test("the prior of the same view is laid beside, else one of the same modality", () => {
  const series = [
    one("now", "a", "MG", "CC"),
    one("last", "b", "MG", "MLO"),
    one("last", "c", "MG", "CC"),
    one("first", "d", "CT"),
  ];
  expect(priorOf({ studies, series }, series[0])?.uid).toBe("c");
  expect(priorOf({ studies, series }, one("now", "e", "MG", "XCCL"))?.uid).toBe("b");
  expect(priorOf({ studies, series }, one("now", "f", "CT"))?.uid).toBe("d");
});

test("without a prior of the modality there is none, and the prior itself isn't its own", () => {
  const series = [one("now", "a", "MG"), one("last", "b", "CT")];
  expect(priorOf({ studies, series }, series[0])).toBeNull();
  expect(priorOf({ studies, series }, series[1])).toBeNull();
});
