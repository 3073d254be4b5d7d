import { expect, test } from "vitest";

import { ordered } from "../src/dicom/order";
import { spelled } from "../src/island/keys";
import { outline } from "../src/island/sketching";
import { axisEnds, corners, ellipseIn, handles, milli, moved, withHandle } from "../src/marks/geometry";
import { LAYERS, lookOf } from "../src/marks/layers";
import { measure } from "../src/marks/measures";
import { frameNumber, numberOf, onOf, slicesOf, withEnd } from "../src/marks/places";
import { isSimple, isSound, withHole } from "../src/marks/rings";
import { Store } from "../src/marks/store";
import type { Drawn, EllipseMark, Mark, Point, PolygonMark } from "../src/types";
import { frame, slice } from "./headers";

const SIZE = { rows: 40, columns: 50 };
const on = { series: "2", sop: "1.1" };
const ellipse: EllipseMark = { kind: "ellipse", on, center: [20000, 20000], radii: [8000, 4000], angle_mdeg: 0 };
const stack = () =>
  ordered(
    [0, 3, 6].map((height, at) => slice(`1.${at}`, height)),
    "1",
    "2",
  );
const film = () => ordered([slice("1.9", 0, { NumberOfFrames: 4 })], "1", "2");

test("spots become whole thousandths on the picture", () => {
  expect(milli([1.23456, -3], SIZE)).toEqual([1235, 0]);
  expect(milli([60, 39.9999], SIZE)).toEqual([50000, 40000]);
  expect(Object.is(milli([-0.0001, 0], SIZE)[0], 0)).toBe(true);
});

test("corners may be drawn in any order, and need an area", () => {
  expect(corners([5, 1], [2, 9])).toEqual({ min: [2, 1], max: [5, 9] });
  expect(corners([5, 1], [5, 9])).toBeNull();
});

test("an ellipse fills the box that was drawn", () => {
  expect(ellipseIn([1000, 2000], [5000, 4000])).toEqual({ center: [3000, 3000], radii: [2000, 1000], angle_mdeg: 0 });
});

test("a dragged end of an axis turns the ellipse, from the columns towards the rows", () => {
  const turned = withHandle(ellipse, 0, [20000, 30000]) as EllipseMark;
  expect(turned).toMatchObject({ radii: [10000, 4000], angle_mdeg: 90000 });
  expect(axisEnds(turned)[0].map(Math.round)).toEqual([20000, 30000]);
  const back = withHandle(ellipse, 2, [16000, 20000]) as EllipseMark;
  expect(back).toMatchObject({ radii: [8000, 4000], angle_mdeg: 90000 });
  expect((withHandle(ellipse, 1, [10000, 20001]) as EllipseMark).angle_mdeg).toBe(179994);
});

test("a box is changed by each corner, the opposite one staying", () => {
  const box: Mark = { kind: "box", on, min: [1000, 2000], max: [5000, 6000] };
  expect(handles(box)).toEqual([
    [1000, 2000],
    [5000, 2000],
    [5000, 6000],
    [1000, 6000],
  ]);
  expect(withHandle(box, 1, [7000, 1000])).toMatchObject({ min: [1000, 1000], max: [7000, 6000] });
  expect(withHandle(box, 2, [1000, 9000])).toBeNull();
});

test("what is moved stays on the picture and keeps its size", () => {
  const box: Mark = { kind: "box", on, min: [1000, 2000], max: [5000, 6000] };
  expect(moved(box, [-9000, 1500], SIZE)).toMatchObject({ min: [0, 3500], max: [4000, 7500] });
  expect(moved(ellipse, [90000, 0], SIZE)).toMatchObject({ center: [42000, 20000], radii: [8000, 4000] });
});

test("an outline must not cross or touch itself", () => {
  expect(
    isSimple([
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
    ]),
  ).toBe(true);
  expect(
    isSimple([
      [0, 0],
      [4, 4],
      [4, 0],
      [0, 4],
    ]),
  ).toBe(false);
  expect(
    isSimple([
      [0, 0],
      [4, 0],
      [2, 0],
    ]),
  ).toBe(false);
  expect(
    isSimple([
      [0, 0],
      [8, 0],
      [8, 4],
      [4, 0],
      [0, 4],
    ]),
  ).toBe(false);
});

test("a hole lies inside, apart from sides and other holes", () => {
  const square = (from: number, to: number): Point[] => [
    [from, from],
    [to, from],
    [to, to],
    [from, to],
  ];
  const mark: PolygonMark = { kind: "polygon", on, points: square(0, 100) };
  const once = withHole(mark, square(10, 40))!;
  expect(once.holes).toEqual([square(10, 40)]);
  expect(isSound(once)).toBe(true);
  expect(isSound({ ...once, points: square(20, 100) })).toBe(false);
  expect(withHole(once, square(50, 90))!.holes).toHaveLength(2);
  expect(withHole(once, square(30, 60))).toBeNull();
  expect(withHole(once, square(20, 30))).toBeNull();
  expect(withHole(once, square(5, 60))).toBeNull();
  expect(withHole(mark, square(50, 120))).toBeNull();
  expect(withHole(mark, square(200, 220))).toBeNull();
});

test("an outline repeats no point and closes by itself", () => {
  const ground = {
    tool: { id: "p", kind: "polygon" as const, slices: false, label: "", colour: 0 },
    frames: stack(),
    index: 0,
  };
  const points: Point[] = [
    [0, 0],
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 0],
  ];
  expect(outline(ground, points)).toMatchObject({
    points: [
      [0, 0],
      [4, 0],
      [4, 4],
    ],
    on: { series: "2", sop: "1.0" },
  });
});

test("a new mark says where it lies in always the same words", () => {
  expect(onOf({ kind: "box", slices: false }, stack(), 1)).toEqual({ series: "2", sop: "1.1" });
  expect(onOf({ kind: "box", slices: true }, stack(), 1)).toEqual({ series: "2", slices: [1, 1] });
  expect(onOf({ kind: "mask", slices: false }, stack(), 1)).toEqual({ series: "2" });
  expect(onOf({ kind: "point", slices: false }, film(), 2)).toEqual({ series: "2", sop: "1.9", frame: 3 });
  expect(onOf({ kind: "span", slices: false }, film(), 2)).toEqual({ series: "2", sop: "1.9" });
});

test("a mark is found on the slices that it names", () => {
  const box = (where: object): Mark => ({ kind: "box", on: where, min: [0, 0], max: [1, 1] });
  expect(slicesOf(box({ series: "2", slices: [1, 2] }), stack())).toEqual([1, 2]);
  expect(slicesOf(box({ series: "2", sop: "1.2" }), stack())).toEqual([2]);
  expect(slicesOf(box({ series: "2", sop: "1.9", frame: 3 }), film())).toEqual([2]);
  expect(slicesOf(box({ series: "5" }), stack())).toEqual([]);
  expect(slicesOf(box({ series: "2" }), stack())).toEqual([]);
  expect(slicesOf({ kind: "span", on: { series: "2", sop: "1.9" }, frames: [2, 3] }, film())).toEqual([1, 2]);
  expect(
    slicesOf({ kind: "mask", on: { series: "2" }, rows: 4, columns: 5, slices: [{ slice: 2, runs: [0, 1] }] }, stack()),
  ).toEqual([2]);
});

test("a mask counts slices of the series, or frames of its file", () => {
  expect(numberOf({ series: "2" }, stack(), 2)).toBe(2);
  expect(numberOf({ series: "2", sop: "1.2" }, stack(), 2)).toBe(0);
  expect(frameNumber({ series: "2", sop: "1.9" }, film(), 2)).toBe(3);
});

test("an end that is set beyond the other takes it along", () => {
  expect(withEnd([3, 5], "last", 8)).toEqual([3, 8]);
  expect(withEnd([3, 5], "first", 8)).toEqual([8, 8]);
  expect(withEnd([3, 5], "last", 1)).toEqual([1, 1]);
});

test("marks are measured in mm where the patient's spacing is known, on pixels that are not square", () => {
  const length: Mark = { kind: "length", on, from: [0, 0], to: [3000, 2000] };
  expect(measure(length, frame())).toBe("5.0 mm");
  expect(measure(length, frame({ PixelSpacing: [], ImagerPixelSpacing: [2, 1] }))).toBe("3.6 px");
  expect(measure({ kind: "box", on, min: [0, 0], max: [3000, 2000] }, frame())).toBe("3.0 × 4.0 mm");
});

const drawn = (id: string, layer = "mine"): Drawn => ({
  id,
  tool: "t",
  layer,
  mark: { kind: "point", on, at: [1, 2] },
});

test("what was not edited comes back as it came, byte for byte", () => {
  const store = new Store(() => undefined);
  const given = [drawn("a"), drawn("b", "A")];
  store.replace(given);
  store.put({ ...drawn("c"), tool: "u" });
  expect(JSON.stringify(store.own()[0])).toBe(JSON.stringify(given[0]));
  expect(store.isOpen("b")).toBe(false);
});

test("only the layers that are named are replaced", () => {
  const store = new Store(() => undefined);
  store.replace([drawn("a"), drawn("b", "A"), drawn("c", "B")]);
  store.replace([drawn("d", "A")]);
  expect(store.all().map((one) => one.id)).toEqual(["c", "d", "a"]);
});

test("each change can be undone and done again, and is told", () => {
  const told: object[] = [];
  const store = new Store((changes) => told.push(changes));
  store.put(drawn("a"));
  const other = { ...drawn("a"), label: "new" };
  store.put(other);
  store.remove("a");
  expect(store.own()).toEqual([]);
  store.undo();
  store.undo();
  expect(store.own()).toEqual([drawn("a")]);
  store.redo();
  expect(store.own()).toEqual([other]);
  expect(told.at(-1)).toEqual({ drawn: [], changed: [other], removed: [] });
  store.put(drawn("z"));
  expect(store.redo()).toBe(false);
});

test("what a case begins with can't be undone, what replaces it can", () => {
  const store = new Store(() => undefined);
  store.replace([drawn("a")]);
  expect(store.undo()).toBe(false);
  store.replace([drawn("b")]);
  expect(store.undo()).toBe(true);
  expect(store.own()).toEqual([drawn("a")]);
});

test("readers differ in colour and in pattern", () => {
  const looks = ["A", "B", "C", "D", "E", "model"].map((layer) => LAYERS[layer]!);
  expect(new Set(looks.map((look) => look.colour)).size).toBe(looks.length);
  expect(new Set(looks.map((look) => look.dashes)).size).toBe(looks.length);
  expect(lookOf("mine", 9).dashes).toBe("");
});

test("keys are spelled alike on every keyboard", () => {
  const key = (key: string, more: object = {}) =>
    spelled({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  expect(key("W", { shiftKey: true })).toBe("Shift+w");
  expect(key("!", { code: "Digit1", shiftKey: true })).toBe("Shift+1");
  expect(key("z", { metaKey: true })).toBe("Ctrl+z");
  expect(key(" ")).toBe("Space");
  expect(key("+", { shiftKey: true })).toBe("+");
});
