/** A series as a volume, and three planes through one place of it. */
import {
  Enums,
  cache,
  setVolumesForViewports,
  volumeLoader,
  type RenderingEngine,
  type Types,
} from "@cornerstonejs/core";

import type { Frame, Vector, Window } from "../dicom/frames";
import { dot, evenStep, normalOf } from "../dicom/order";
import type { Plane as Plane3 } from "../marks/cuts";
import type { Pictures } from "../dicom/pictures";
import type { Scalars } from "../dicom/pixels";
import { endEngine, newEngine, now } from "./engine";
import type { Spot } from "./pane";
import { rangeOf } from "./windows";

export const PLANES = ["axial", "coronal", "sagittal"] as const;
export type Plane = (typeof PLANES)[number];

let made = 0;

/** Why a series can't be shown in planes, as a sentence; null where it can. */
export function obstacle(frames: Frame[]): string | null {
  if (now() === "cpu") return "Planes need a graphics card, and this browser gives none: read the slices as they are.";
  if (evenStep(frames) === null)
    return "These images don't make a volume of evenly spaced slices: read them one by one.";
  return null;
}

export class Planes {
  /** The place that all three show, in the patient's mm. */
  place: Vector;
  private engine: RenderingEngine = newEngine();
  private volume = `consilium-volume-${(made += 1)}`;
  private ids: string[];
  private known: ReturnType<Planes["lattice"]> | undefined;

  private constructor(
    private frames: Frame[],
    elements: HTMLDivElement[],
    rendered: () => void,
  ) {
    this.ids = PLANES.map((plane) => `${this.volume}-${plane}`);
    const { AXIAL, CORONAL, SAGITTAL } = Enums.OrientationAxis;
    const orientations = [AXIAL, CORONAL, SAGITTAL];
    elements.forEach((element, at) => {
      element.addEventListener(Enums.Events.IMAGE_RENDERED, rendered);
      this.engine.enableElement({
        viewportId: this.ids[at]!,
        type: Enums.ViewportType.ORTHOGRAPHIC,
        element,
        defaultOptions: { orientation: orientations[at]! },
      });
    });
    this.place = this.at(0.5, 0.5, (frames.length - 1) / 2);
  }

  /** Fetches all slices, then shows them; fails as Pictures.of does. */
  static async of(
    frames: Frame[],
    pictures: Pictures,
    elements: HTMLDivElement[],
    rendered: () => void,
  ): Promise<Planes> {
    const slices = await Promise.all(frames.map((frame) => pictures.of(frame)));
    const planes = new Planes(frames, elements, rendered);
    const { volume } = planes;
    volumeLoader.createLocalVolume(volume, {
      ...planes.grid(),
      scalarData: joined(slices.map((one) => one.data)),
    } as never);
    await setVolumesForViewports(planes.engine, [{ volumeId: volume }], planes.ids);
    planes.go(planes.place);
    return planes;
  }

  look(window: Window, inverted: boolean): void {
    for (const viewport of this.viewports()) {
      viewport.setProperties({ voiRange: rangeOf(window), invert: inverted });
      viewport.render();
    }
  }

  /** Brings all planes to a place, as far as the volume reaches. */
  go(place: Vector): void {
    this.place = this.inside(place);
    for (const viewport of this.viewports()) {
      const { focalPoint, position, viewPlaneNormal } = viewport.getCamera();
      const away = dot(minus(this.place, focalPoint as Vector), viewPlaneNormal as Vector);
      const moved = (point: Types.Point3) =>
        point.map((one, axis) => one + viewPlaneNormal![axis]! * away) as Types.Point3;
      viewport.setCamera({ focalPoint: moved(focalPoint!), position: moved(position!) });
      viewport.render();
    }
  }

  /** Goes through the slices of one plane, by the smallest side of a voxel. */
  step(plane: number, by: number): void {
    const normal = this.viewports()[plane]!.getCamera().viewPlaneNormal as Vector;
    const step = Math.min(...this.grid().spacing) * by;
    this.go(this.place.map((one, axis) => one - normal[axis]! * step) as Vector);
  }

  zoom(plane: number, by: number): void {
    const viewport = this.viewports()[plane]!;
    viewport.setZoom(viewport.getZoom() * by);
    viewport.render();
  }

  /** Where the place lies on a plane's pane. */
  spot(plane: number): Spot {
    return this.viewports()[plane]!.worldToCanvas(this.place) as Spot;
  }

  /** The plane that a pane shows, among the volume's pixels (marks/cuts.ts). */
  plane(plane: number): Plane3 {
    const normal = this.viewports()[plane]!.getCamera().viewPlaneNormal as Vector;
    const { spacing, origin, direction } = this.grid();
    const [a, b, c] = [0, 1, 2].map(
      (way) => spacing[way]! * dot(normal, direction.slice(way * 3, way * 3 + 3) as Vector),
    ) as Vector;
    // Axes that stand upright on each other but for the last digits of their cosines do.
    const whole = Math.max(Math.abs(a), Math.abs(b), Math.abs(c)) * 1e-5;
    const [x, y, z] = [a, b, c].map((one) => (Math.abs(one) < whole ? 0 : one)) as Vector;
    return { normal: [x, y, z], d: dot(normal, minus(this.place, origin as Vector)) + (x + y) / 2 };
  }

  /** Where one of the volume's pixels lies on a plane's pane. */
  spotOf(plane: number, [x, y, z]: Vector): Spot {
    return this.viewports()[plane]!.worldToCanvas(this.world([x - 0.5, y - 0.5, z])) as Spot;
  }

  /** Which of the volume's pixels lies at a spot of a plane's pane. */
  pixelAt(plane: number, spot: Spot): Vector {
    const [x, y, z] = this.index(this.placeAt(plane, spot));
    return [x + 0.5, y + 0.5, z];
  }

  /** What place lies at a spot of a plane's pane. */
  placeAt(plane: number, spot: Spot): Vector {
    return [...this.viewports()[plane]!.canvasToWorld(spot)] as Vector;
  }

  /** The slice of the series that lies nearest to the place. */
  nearest(): number {
    const normal = normalOf(this.frames[0])!;
    const away = this.frames.map((frame) => Math.abs(dot(minus(frame.place!, this.place), normal)));
    return away.indexOf(Math.min(...away));
  }

  resize(): void {
    this.engine.resize(true, true);
  }

  close(): void {
    endEngine(this.engine);
    if (cache.getVolume(this.volume)) cache.removeVolumeLoadObject(this.volume);
  }

  private viewports(): Types.IVolumeViewport[] {
    return this.ids.map((id) => this.engine.getViewport(id) as Types.IVolumeViewport);
  }

  private grid(): ReturnType<Planes["lattice"]> {
    return (this.known ??= this.lattice());
  }

  private lattice() {
    const first = this.frames[0]!;
    const [row, column] = first.spacing!;
    const direction = [...first.directions!.flat(), ...normalOf(first)!] as Types.Mat3;
    return {
      dimensions: [first.columns, first.rows, this.frames.length] as Types.Point3,
      spacing: [column, row, evenStep(this.frames)!] as Types.Point3,
      origin: first.place! as Types.Point3,
      direction,
      metadata: {
        FrameOfReferenceUID: first.reference || first.series,
        Modality: "OT",
        BitsAllocated: 16,
        PixelRepresentation: 1,
      },
    };
  }

  /** The place at shares of a row and a column, on a slice that may lie between two. */
  private at(across: number, down: number, slice: number): Vector {
    const { dimensions } = this.grid();
    return this.world([across * (dimensions[0] - 1), down * (dimensions[1] - 1), slice]);
  }

  /** The place of an index, which is whole at the middles of pixels. */
  private world(index: Vector): Vector {
    const { spacing, origin, direction } = this.grid();
    return origin.map((one, axis) =>
      index.reduce((sum, steps, way) => sum + steps * spacing[way]! * direction[way * 3 + axis]!, one),
    ) as Vector;
  }

  private index(place: Vector): Vector {
    const { spacing, origin, direction } = this.grid();
    const away = minus(place, origin as Vector);
    return [0, 1, 2].map(
      (way) => dot(away, direction.slice(way * 3, way * 3 + 3) as Vector) / spacing[way]!,
    ) as Vector;
  }

  private inside(place: Vector): Vector {
    const { dimensions } = this.grid();
    const [x, y, z] = this.index(place).map((one, way) => Math.max(0, Math.min(one, dimensions[way]! - 1))) as Vector;
    return this.at(x / Math.max(dimensions[0] - 1, 1), y / Math.max(dimensions[1] - 1, 1), z);
  }
}

/** All slices in one array, of 16 bits where all are. */
function joined(slices: Scalars[]): Scalars {
  const length = slices.reduce((sum, one) => sum + one.length, 0);
  const all = slices.every((one) => one instanceof Int16Array) ? new Int16Array(length) : new Float32Array(length);
  let at = 0;
  for (const slice of slices) {
    all.set(slice, at);
    at += slice.length;
  }
  return all;
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
