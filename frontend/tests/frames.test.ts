import { expect, test } from "vitest";

import { framesOf } from "../src/dicom/frames";
import { nearest } from "../src/dicom/linking";
import { evenStep, ordered } from "../src/dicom/order";
import { frame, header, slice } from "./headers";

test("slices rise along their normal, whatever their numbers", () => {
  const headers = [
    slice("1.3", 6, { InstanceNumber: 1 }),
    slice("1.1", 0, { InstanceNumber: 3 }),
    slice("1.2", 3, { InstanceNumber: 2 }),
  ];
  expect(ordered(headers, "1", "2").map((one) => one.sop)).toEqual(["1.1", "1.2", "1.3"]);
});

test("images at one place stay in the order of their numbers", () => {
  const headers = [slice("1.2", 0, { InstanceNumber: 2 }), slice("1.1", 0.00001, { InstanceNumber: 1 })];
  expect(ordered(headers, "1", "2").map((one) => one.sop)).toEqual(["1.1", "1.2"]);
});

test("without a place they go by number and frame", () => {
  const film = slice("1.9", 0, { InstanceNumber: 2, NumberOfFrames: 2 });
  const headers = [film, slice("1.1", 5, { InstanceNumber: 1 })];
  expect(ordered(headers, "1", "2").map((one) => [one.sop, one.number])).toEqual([
    ["1.1", 1],
    ["1.9", 1],
    ["1.9", 2],
  ]);
});

test("a spacing that is not above 0 is none", () => {
  expect(frame({ PixelSpacing: [0, 0] }).spacing).toBeNull();
  expect(frame({ PixelSpacing: [0, 0], ImagerPixelSpacing: [0.2, 0.1] })).toMatchObject({
    spacing: [0.2, 0.1],
    measured: false,
  });
  expect(frame({ PixelSpacing: [], PixelAspectRatio: [3, 2] }).aspect).toBe(1.5);
});

test("ultrasound tells the size of a pixel by regions, in centimetres", () => {
  const region = header({ RegionSpatialFormat: 1, PhysicalUnitsX: 3, PhysicalDeltaX: 0.02, PhysicalDeltaY: 0.03 });
  expect(frame({ PixelSpacing: [], UltrasoundRegions: [region] })).toMatchObject({
    spacing: [0.3, 0.2],
    measured: true,
  });
});

test("functional groups tell each frame's place, window and rescaling", () => {
  const own = (height: number) =>
    header({
      PlanePosition: [header({ ImagePositionPatient: [0, 0, height] })],
      FrameVOILUT: [header({ WindowCenter: height, WindowWidth: 10 })],
    });
  const shared = header({
    PixelMeasures: [header({ PixelSpacing: [0.5, 0.25] })],
    PlaneOrientation: [header({ ImageOrientationPatient: [0, 1, 0, 0, 0, 1] })],
    PixelValueTransformation: [header({ RescaleSlope: 2, RescaleIntercept: -7 })],
  });
  const enhanced = header({
    SOPInstanceUID: "1.1",
    Rows: 4,
    Columns: 5,
    NumberOfFrames: 2,
    SharedFunctionalGroups: [shared],
    PerFrameFunctionalGroups: [own(1), own(2)],
  });
  const frames = framesOf(enhanced, "1", "2");
  expect(frames.map((one) => one.place)).toEqual([
    [0, 0, 1],
    [0, 0, 2],
  ]);
  expect(frames[1]).toMatchObject({
    spacing: [0.5, 0.25],
    slope: 2,
    intercept: -7,
    window: { centre: 2, width: 10 },
    alone: false,
    number: 2,
  });
});

test("a header without pixels has no frames, and a width of 0 is no window", () => {
  expect(framesOf(header({ SOPInstanceUID: "1.1" }), "1", "2")).toEqual([]);
  expect(frame({ WindowCenter: 40, WindowWidth: 0 }).window).toBeNull();
});

test("a film has times between its frames", () => {
  const film = framesOf(slice("1.1", 0, { NumberOfFrames: 2, FrameTime: 33 }), "1", "2");
  expect(film.map((one) => one.duration)).toEqual([33, 33]);
  expect(frame({ FrameTime: 33 }).duration).toBeNull();
});

test("a stack is even where all steps agree", () => {
  const stack = (...heights: number[]) =>
    ordered(
      heights.map((height, at) => slice(`1.${at}`, height)),
      "1",
      "2",
    );
  expect(evenStep(stack(0, 3, 6))).toBe(3);
  expect(evenStep(stack(0, 3, 7))).toBeNull();
  expect(evenStep(stack(0, 3))).toBeNull();
});

test("the nearest slice of another series lies at the same height", () => {
  const others = ordered(
    [0, 5, 10].map((height, at) => slice(`1.${at}`, height)),
    "1",
    "3",
  );
  expect(nearest(framesOf(slice("1.1", 7), "1", "2")[0]!, others)).toBe(1);
  expect(nearest(framesOf(slice("1.1", 7, { FrameOfReferenceUID: "8" }), "1", "2")[0]!, others)).toBeNull();
  expect(
    nearest(framesOf(slice("1.1", 7, { ImageOrientationPatient: [1, 0, 0, 0, 0, 1] }), "1", "2")[0]!, others),
  ).toBeNull();
});
