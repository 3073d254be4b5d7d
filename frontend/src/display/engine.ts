/** Starts Cornerstone once per page, with the rendering mode settled; feeds it our own frames and headers. */
import {
  Enums,
  RenderingEngine,
  eventTarget,
  getShouldUseCPURendering,
  init,
  metaData,
  registerImageLoader,
  setUseCPURendering,
  utilities,
  version,
  cache,
  type Types,
} from "@cornerstonejs/core";

import type { Frame } from "../dicom/frames";
import type { Pictures } from "../dicom/pictures";
import { windowFor, type Pixels, type Scalars } from "../dicom/pixels";
import type { Rendering } from "../types";

interface Known {
  frame: Frame;
  pictures: Pictures;
  /** Where it lies among the slices: true places for volumes, a plane of our own for stacks. */
  placed: boolean;
}

const SCHEME = "consilium";
const known = new Map<string, Known>();
let mode: "cpu" | "webgl" | null = null;
let made = 0;
const engines = new Set<string>();

/** Settles how pixels are drawn on this page; the first to ask decides. */
export function settle(wanted?: "cpu" | "webgl"): Rendering {
  if (mode === null) {
    init({ rendering: { useCPURendering: wanted === "cpu" } } as Types.Cornerstone3DConfig);
    if (wanted === "cpu") setUseCPURendering(true);
    registerImageLoader(SCHEME, load as unknown as Types.ImageLoaderFn);
    metaData.addProvider(told, 10_000);
    cache.setMaxCacheSize(1024 ** 3);
    mode = now();
  }
  return { mode, engine: `cornerstone3d ${version}` };
}

/** How pixels are drawn at this moment. */
export function now(): "cpu" | "webgl" {
  return getShouldUseCPURendering() ? "cpu" : "webgl";
}

/** Calls back when the mode that was settled no longer holds; returns how to stop. */
export function onChange(changed: () => void): () => void {
  return listening(Enums.Events.RENDER_BACKEND_CHANGED, () => now() !== mode && changed());
}

/** Calls back when the graphics card gave up pictures that are still shown; returns how to stop. */
export function onLost(lost: () => void): () => void {
  return listening(Enums.Events.WEBGL_CONTEXT_LOST, (event) => {
    // An engine that was closed lets go of the card by itself.
    if (engines.has((event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId)) lost();
  });
}

function listening(name: string, heard: (event: Event) => void): () => void {
  eventTarget.addEventListener(name, heard);
  return () => eventTarget.removeEventListener(name, heard);
}

export function newEngine(): RenderingEngine {
  made += 1;
  const engine = new RenderingEngine(`consilium-${made}`);
  engines.add(engine.id);
  return engine;
}

export function endEngine(engine: RenderingEngine): void {
  engines.delete(engine.id);
  engine.destroy();
}

/** Cornerstone's names of frames, for as long as `forget` wasn't called. */
export function named(frames: Frame[], pictures: Pictures, placed = false): string[] {
  return frames.map((frame) => {
    made += 1;
    const id = `${SCHEME}:${made}`;
    known.set(id, { frame, pictures, placed });
    return id;
  });
}

export function forget(ids: string[]): void {
  for (const id of ids) {
    known.delete(id);
    if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
  }
}

function load(id: string) {
  const { frame, pictures } = known.get(id)!;
  return { promise: pictures.of(frame).then((pixels) => image(id, frame, pixels)) };
}

/** A picture as Cornerstone wants it: values already in the modality's units, so that it rescales nothing. */
function image(id: string, frame: Frame, pixels: Pixels) {
  const data = pixels.colour && now() === "cpu" ? withAlpha(pixels.data) : pixels.data;
  const parts = data.length / (frame.rows * frame.columns);
  const { rows: height, columns: width } = frame;
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width,
    height,
    scalarData: data,
    numberOfComponents: parts,
    id,
  } as never);
  const window = pixels.colour ? { centre: 127.5, width: 255 } : (frame.window ?? windowFor(pixels));
  const [rowPixelSpacing, columnPixelSpacing] = steps(frame);
  return {
    imageId: id,
    rows: height,
    columns: width,
    height,
    width,
    rowPixelSpacing,
    columnPixelSpacing,
    color: pixels.colour,
    rgba: parts === 4,
    numberOfComponents: parts,
    photometricInterpretation: pixels.colour ? "RGB" : "MONOCHROME2",
    windowCenter: window.centre,
    windowWidth: window.width,
    voiLUTFunction: "LINEAR",
    minPixelValue: pixels.least,
    maxPixelValue: pixels.most,
    slope: 1,
    intercept: 0,
    invert: false,
    preScale: { enabled: true, scaled: true, scalingParameters: scaling(data) },
    sizeInBytes: data.byteLength,
    dataType: data.constructor.name,
    voxelManager,
    getPixelData: () => data,
    getCanvas: undefined,
  };
}

/** For drawing by the processor, floats must look rescaled, else it takes them for indexes. */
function scaling(data: Scalars) {
  return { rescaleSlope: data instanceof Float32Array ? 0.5 : 1, rescaleIntercept: 0, modality: "OT" };
}

function withAlpha(rgb: Scalars): Uint8Array {
  const all = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) all.set(rgb.subarray(from, from + 3), to);
  return all;
}

/** Between rows and between columns: in mm, or in the ratio of a pixel's sides. */
function steps(frame: Frame): [number, number] {
  return frame.spacing ?? [frame.aspect, 1];
}

function told(type: string, id: unknown): unknown {
  const one = typeof id === "string" ? known.get(id) : undefined;
  if (!one) return undefined;
  if (type === "imagePixelModule") return pixelModule(one.frame);
  if (type === "imagePlaneModule") return planeModule(one);
  if (type === "generalSeriesModule") return { modality: "OT", seriesInstanceUID: one.frame.series };
  if (type === "voiLutModule")
    return { windowCenter: [one.frame.window?.centre], windowWidth: [one.frame.window?.width] };
  if (type === "modalityLutModule") return { rescaleSlope: 1, rescaleIntercept: 0 };
  return undefined;
}

function pixelModule(frame: Frame) {
  const colour = frame.samples > 1;
  return {
    bitsAllocated: colour ? 8 : 16,
    bitsStored: colour ? 8 : 16,
    highBit: colour ? 7 : 15,
    samplesPerPixel: colour ? 3 : 1,
    photometricInterpretation: colour ? "RGB" : "MONOCHROME2",
    pixelRepresentation: colour ? 0 : 1,
    rows: frame.rows,
    columns: frame.columns,
  };
}

/** Stacks lie in a plane of our own: every slice at the same place, so that nothing jumps while scrolling. */
function planeModule({ frame, placed }: Known) {
  const [row, column] = steps(frame);
  const [rowCosines, columnCosines] = (placed && frame.directions) || [
    [1, 0, 0],
    [0, 1, 0],
  ];
  return {
    rows: frame.rows,
    columns: frame.columns,
    rowCosines,
    columnCosines,
    imageOrientationPatient: [...rowCosines, ...columnCosines],
    imagePositionPatient: (placed && frame.place) || [0, 0, 0],
    pixelSpacing: [row, column],
    rowPixelSpacing: row,
    columnPixelSpacing: column,
    sliceThickness: frame.thickness ?? 1,
    frameOfReferenceUID: frame.reference || frame.series,
    usingDefaultValues: false,
  };
}
