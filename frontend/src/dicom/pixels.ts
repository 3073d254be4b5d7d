/** The values of a frame from its bytes as explicit little-endian has them. */
import type { Frame } from "./frames";

export type Scalars = Uint8Array | Int16Array | Uint16Array | Float32Array;

export interface Pixels {
  /** Grey: one value per pixel, rescaled; colour: red, green, blue of each pixel. */
  data: Scalars;
  colour: boolean;
  least: number;
  most: number;
}

/** Throws an Error whose message is a sentence where bytes and header don't fit. */
export function pixelsOf(bytes: Uint8Array, frame: Frame): Pixels {
  const count = frame.rows * frame.columns;
  const raw = frame.allocated === 1 ? bits(bytes, count) : typed(bytes, frame);
  if (raw.length < count * frame.samples) throw new Error("The image has fewer pixels than its header says.");
  const whole = raw.subarray(0, count * frame.samples);
  return frame.samples > 1 ? coloured(whole, frame, count) : grey(whole, frame);
}

function bits(bytes: Uint8Array, count: number): Uint8Array {
  if (bytes.length * 8 < count) throw new Error("The image has fewer pixels than its header says.");
  return Uint8Array.from({ length: count }, (_, index) => (bytes[index >> 3]! >> (index & 7)) & 1);
}

type Raw = Scalars | Int8Array | Int32Array | Uint32Array | Float64Array;

/** Bytes of this message needn't begin at a multiple of a value's size: they are copied. */
function typed(bytes: Uint8Array, frame: Frame): Raw {
  const size = frame.values === "double" ? 8 : frame.values === "float" ? 4 : frame.allocated / 8;
  const length = Math.floor(bytes.length / size);
  const own = bytes.slice(0, length * size).buffer;
  if (frame.values === "double") return new Float64Array(own);
  if (frame.values === "float") return new Float32Array(own);
  if (size === 1) return frame.signed ? new Int8Array(own) : new Uint8Array(own);
  if (size === 2) return frame.signed ? new Int16Array(own) : new Uint16Array(own);
  if (size === 4) return frame.signed ? new Int32Array(own) : new Uint32Array(own);
  throw new Error(`Images of ${frame.allocated} bits can't be shown.`);
}

/** In the modality's units: in 16 bits where they fit, for the card is quicker with them. */
function grey(raw: Raw, frame: Frame): Pixels {
  const { slope, intercept } = frame;
  const [low, high] = extent(raw);
  const ends = [low * slope + intercept, high * slope + intercept].sort((a, b) => a - b) as [number, number];
  const data = room(raw, frame, ends);
  for (let index = 0; index < raw.length; index += 1) data[index] = raw[index]! * slope + intercept;
  return { data, colour: false, least: ends[0], most: ends[1] };
}

/** By the header, so that all frames of a series are alike; floats where the header promised too little. */
function room(raw: Raw, frame: Frame, [low, high]: [number, number]): Scalars {
  const { slope, intercept } = frame;
  const whole = frame.values === "integer" && Number.isInteger(slope) && Number.isInteger(intercept);
  const lowest = frame.signed ? -(2 ** (frame.stored - 1)) : 0;
  const ends = [lowest, lowest + 2 ** frame.stored - 1].map((end) => end * slope + intercept);
  const [least, most] = [Math.min(low, ...ends), Math.max(high, ...ends)];
  if (whole && least >= -32768 && most <= 32767) return new Int16Array(raw.length);
  if (whole && least >= 0 && most <= 65535) return new Uint16Array(raw.length);
  return new Float32Array(raw.length);
}

/** The least and the greatest finite value. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < least && Number.isFinite(value)) least = value;
    if (value > most && Number.isFinite(value)) most = value;
  }
  return least <= most ? [least, most] : [0, 0];
}

function coloured(raw: Raw, frame: Frame, count: number): Pixels {
  const shift = Math.max(frame.stored - 8, 0);
  const data = new Uint8Array(count * 3);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let part = 0; part < 3; part += 1) {
      const at = frame.planar ? part * count + pixel : pixel * frame.samples + part;
      data[pixel * 3 + part] = raw[at]! >> shift;
    }
  }
  if (frame.photometric.startsWith("YBR")) toRgb(data);
  return { data, colour: true, least: 0, most: 255 };
}

/** YBR_FULL to RGB in place (PS3.3 C.7.6.3.1.2). */
function toRgb(data: Uint8Array): void {
  const clamped = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  for (let at = 0; at < data.length; at += 3) {
    const [y, blue, red] = [data[at]!, data[at + 1]! - 128, data[at + 2]! - 128];
    data[at] = clamped(y + 1.402 * red);
    data[at + 1] = clamped(y - 0.344136 * blue - 0.714136 * red);
    data[at + 2] = clamped(y + 1.772 * blue);
  }
}

/** The window that shows all but the outermost half per cent of the values at either end. */
export function windowFor(pixels: Pixels): { centre: number; width: number } {
  const step = Math.max(1, Math.floor(pixels.data.length / 20_000));
  const sample = Float64Array.from({ length: Math.floor(pixels.data.length / step) }, (_, i) => pixels.data[i * step]!);
  const sorted = sample.filter(Number.isFinite).sort();
  const low = sorted[Math.floor(sorted.length * 0.005)] ?? 0;
  const high = sorted[Math.ceil(sorted.length * 0.995) - 1] ?? 1;
  const [least, most] = high > low ? [low, high] : [pixels.least, pixels.most];
  return { centre: (least + most) / 2, width: Math.max(most - least, 1e-6) };
}
