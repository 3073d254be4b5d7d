import { expect, test } from "vitest";

import { firstPart } from "../src/dicom/multipart";
import { pixelsOf, windowFor } from "../src/dicom/pixels";
import { dragged, presetNamed, presetsOf, rangeOf } from "../src/display/windows";
import { frame } from "./headers";

const bytes = (text: string) => new TextEncoder().encode(text);
const small = (more: object) => frame({ Rows: 1, Columns: 2, ...more });
const words = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);

test("a part ends where its length says, whatever its bytes", () => {
  const message = bytes("--abc\r\nContent-Type: x\r\nContent-Length: 9\r\n\r\n12\r\n--abc\r\n--abc--\r\n");
  expect(firstPart(message, 'multipart/related; boundary="abc"')).toEqual(bytes("12\r\n--abc"));
});

test("a part without a length ends at the last boundary", () => {
  const message = bytes("--abc\r\nContent-Type: x\r\n\r\n12345\r\n--abc--\r\n");
  expect(firstPart(message, "multipart/related; type=y; boundary=abc")).toEqual(bytes("12345"));
});

test("a message that was cut off is refused with a sentence", () => {
  expect(() => firstPart(bytes("--abc\r\nContent-Length: 90\r\n\r\n12"), "multipart/related; boundary=abc")).toThrow(
    "cut off",
  );
  expect(() => firstPart(bytes("12"), "multipart/related")).toThrow("what parts them");
  expect(firstPart(bytes("12"), "application/octet-stream")).toEqual(bytes("12"));
});

test("values are rescaled, in 16 bits where the header's range fits", () => {
  const ct = pixelsOf(words(0, 4095), small({ RescaleSlope: 1, RescaleIntercept: -1024 }));
  expect(ct.data).toEqual(Int16Array.from([-1024, 3071]));
  const pet = pixelsOf(words(1, 3), small({ RescaleSlope: 0.5 }));
  expect(pet.data).toEqual(Float32Array.from([0.5, 1.5]));
  const wide = pixelsOf(words(0, 1), small({ BitsStored: 16, RescaleIntercept: -1024 }));
  expect(wide.data).toBeInstanceOf(Float32Array);
});

test("signs are kept", () => {
  expect(pixelsOf(words(-5, 5), small({ PixelRepresentation: 1 })).data).toEqual(Int16Array.from([-5, 5]));
});

test("bytes that begin anywhere in a message are read", () => {
  const message = new Uint8Array([9, ...words(7, 8)]);
  expect([...pixelsOf(message.subarray(1), small({})).data]).toEqual([7, 8]);
});

test("single bits count from the lowest", () => {
  const bits = pixelsOf(new Uint8Array([0b101]), frame({ Rows: 1, Columns: 3, BitsAllocated: 1, BitsStored: 1 }));
  expect([...bits.data]).toEqual([1, 0, 1]);
});

test("colours are red, green, blue by pixel, also where they come by plane", () => {
  const colour = { SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, PhotometricInterpretation: "RGB" };
  expect([...pixelsOf(new Uint8Array([1, 2, 3, 4, 5, 6]), small(colour)).data]).toEqual([1, 2, 3, 4, 5, 6]);
  const planes = pixelsOf(new Uint8Array([1, 4, 2, 5, 3, 6]), small({ ...colour, PlanarConfiguration: 1 }));
  expect([...planes.data]).toEqual([1, 2, 3, 4, 5, 6]);
  const ybr = pixelsOf(
    new Uint8Array([255, 128, 128, 76, 85, 255]),
    small({ ...colour, PhotometricInterpretation: "YBR_FULL" }),
  );
  expect([...ybr.data]).toEqual([255, 255, 255, 254, 0, 0]);
});

test("fewer pixels than the header says are refused", () => {
  expect(() => pixelsOf(words(1), small({}))).toThrow("fewer pixels");
});

test("a window without any in the header leaves the outermost values out", () => {
  const data = Int16Array.from({ length: 1000 }, (_, at) => (at === 999 ? 30000 : at));
  const window = windowFor({ data, colour: false, least: 0, most: 30000 });
  expect(rangeOf(window)).toEqual({ lower: 5, upper: 994 });
});

test("presets go by name and by key", () => {
  expect(presetNamed("CT", "lung")?.window).toEqual({ centre: -600, width: 1500 });
  expect(presetNamed("CT", "preset-1")?.name).toBe("stored");
  expect(presetNamed("CR", "lung")).toBeUndefined();
  expect(presetsOf("MR").map((one) => one.name)).toEqual(["stored", "all"]);
});

test("dragging to the right widens, and a window never closes", () => {
  expect(dragged({ centre: 40, width: 400 }, 100, -40)).toEqual({ centre: 0, width: 500 });
  expect(dragged({ centre: 0, width: 400 }, -9999, 0).width).toBeGreaterThan(0);
});
