/** One picture on the screen: which slice of a series, how bright, how large, and where its pixels lie. */
import { Enums, type RenderingEngine, type Types } from "@cornerstonejs/core";

import type { Frame, Window } from "../dicom/frames";
import type { Pictures } from "../dicom/pictures";
import { windowFor } from "../dicom/pixels";
import { forget, named, now } from "./engine";
import { rangeOf } from "./windows";

/** [x, y] in pixels: of the picture from the outer corner of its first pixel, or of the pane. */
export type Spot = [number, number];

/** In WebGL index 0 is the middle of the first pixel; drawn by the processor it is its outer corner. */
export function shiftOf(mode: "cpu" | "webgl"): number {
  return mode === "webgl" ? 0.5 : 0;
}

export class Pane {
  frames: Frame[] = [];
  index = 0;
  window: Window | null = null;
  inverted = false;
  mirrored = false;
  /** Whether a person or preset chose the window; else each image brings its own. */
  chosen = false;
  private ids: string[] = [];
  /** Whether the window was reckoned from a slice's values. */
  private reckoned = false;
  private turn = 0;
  private fitted = 1;

  constructor(
    private engine: RenderingEngine,
    private id: string,
    readonly element: HTMLDivElement,
    private pictures: Pictures,
    private rendered: () => void,
  ) {
    engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element });
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.rendered);
    element.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  get frame(): Frame | undefined {
    return this.frames[this.index];
  }

  /** Whether a picture is there to point at. */
  get filled(): boolean {
    return this.ids.length > 0 && this.viewport.getImageData() !== undefined;
  }

  /** Shows a series; resolves when its picture is drawn. */
  async show(frames: Frame[], index: number): Promise<void> {
    const turn = (this.turn += 1);
    const before = this.ids;
    this.frames = frames;
    this.reckoned = false;
    this.index = Math.max(0, Math.min(index, frames.length - 1));
    this.ids = named(frames, this.pictures);
    await this.brought();
    if (turn !== this.turn) return;
    await this.viewport.setStack(this.ids, this.index);
    forget(before);
    this.fit();
    this.look();
  }

  /** Goes to a slice; a later call overtakes. Resolves to whether this one is shown. */
  async go(index: number): Promise<boolean> {
    const wanted = Math.max(0, Math.min(index, this.frames.length - 1));
    if (wanted === this.index || !this.ids.length) return false;
    const turn = (this.turn += 1);
    this.index = wanted;
    await this.brought();
    if (turn !== this.turn) return false;
    await this.viewport.setImageIdIndex(wanted);
    this.look();
    return true;
  }

  /** Where a spot of the pane lies on the picture. */
  toImage(spot: Spot): Spot {
    const data = this.viewport.getImageData();
    const index = (data.imageData as unknown as { worldToIndex(world: Types.Point3): number[] }).worldToIndex(
      this.viewport.canvasToWorld(spot),
    );
    const shift = shiftOf(now());
    return [index[0]! + shift, index[1]! + shift];
  }

  /** Where a spot of the picture lies on the pane. */
  toPane(spot: Spot): Spot {
    const data = this.viewport.getImageData();
    const shift = shiftOf(now());
    const index: Types.Point3 = [spot[0] - shift, spot[1] - shift, 0];
    const lies = data.imageData as unknown as { indexToWorld(index: Types.Point3, into?: Types.Point3): Types.Point3 };
    return this.viewport.worldToCanvas(lies.indexToWorld(index, [0, 0, 0])) as Spot;
  }

  setWindow(window: Window | null): void {
    this.chosen = window !== null;
    this.reckoned = false;
    this.window = window;
    void this.brought().then(() => this.look());
  }

  invert(inverted: boolean): void {
    this.inverted = inverted;
    this.look();
  }

  mirror(mirrored: boolean): void {
    this.mirrored = mirrored;
    this.viewport.setCamera({ flipHorizontal: mirrored });
    this.viewport.render();
  }

  get zoom(): number {
    return this.viewport.getZoom() / this.fitted;
  }

  zoomTo(zoom: number): void {
    this.viewport.setZoom(Math.max(0.1, Math.min(zoom, 40)) * this.fitted);
    this.viewport.render();
  }

  /** The spot of the picture in the middle of the pane. */
  get centre(): Spot {
    return this.toImage(this.middle);
  }

  /** Brings a spot of the picture into the middle. Not by Cornerstone's pan, which counts otherwise without a card. */
  centreOn(spot: Spot): void {
    const { focalPoint, position } = this.viewport.getCamera();
    const [x, y] = this.toPane(spot);
    const [from, to] = [this.viewport.canvasToWorld(this.middle), this.viewport.canvasToWorld([x, y])];
    const moved = (point: Types.Point3) => point.map((one, axis) => one + to[axis]! - from[axis]!) as Types.Point3;
    this.viewport.setCamera({ focalPoint: moved(focalPoint!), ...(position && { position: moved(position) }) });
    this.viewport.render();
  }

  /** The spot in the middle after the picture was pushed by pixels of the pane. */
  pushed(from: Spot, by: Spot): Spot {
    const [middle, right, lower] = (
      [
        [0, 0],
        [1, 0],
        [0, 1],
      ] as Spot[]
    ).map(([x, y]) => this.toImage([this.middle[0] + x, this.middle[1] + y])) as [Spot, Spot, Spot];
    const along = (axis: 0 | 1) => (right[axis] - middle[axis]) * by[0] + (lower[axis] - middle[axis]) * by[1];
    return [from[0] - along(0), from[1] - along(1)];
  }

  /** As large as it fits. */
  fit(): void {
    this.viewport.resetCamera();
    this.fitted = this.viewport.getZoom();
    if (this.mirrored) this.viewport.setCamera({ flipHorizontal: true });
    this.viewport.render();
  }

  /** The pane has another size: the picture fits anew, as large as it was beside that. */
  refit(zoom: number, centre: Spot): void {
    this.fit();
    if (Math.abs(zoom - 1) < 1e-3) return;
    this.zoomTo(zoom);
    this.centreOn(centre);
  }

  canvas(): HTMLCanvasElement {
    return this.viewport.getCanvas();
  }

  close(): void {
    this.leave();
    this.engine.disableElement(this.id);
    forget(this.ids);
  }

  /** The card gave the picture up: its engine ends as a whole. */
  drop(): void {
    this.leave();
    forget(this.ids);
  }

  private leave(): void {
    this.turn += 1;
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.rendered);
  }

  private get middle(): Spot {
    return [this.element.clientWidth / 2, this.element.clientHeight / 2];
  }

  private get viewport(): Types.IStackViewport {
    return this.engine.getViewport(this.id) as Types.IStackViewport;
  }

  /** The picture's pixels are here, and with them the window where none was chosen. */
  private async brought(): Promise<void> {
    const frame = this.frame;
    if (!frame) return;
    const pixels = await this.pictures.of(frame);
    if (this.chosen || frame !== this.frame) return;
    // A series whose headers say no window keeps that of its first slice: brightness must not jump while scrolling.
    if (this.window && this.reckoned && !frame.window && !pixels.colour) return;
    this.reckoned = !frame.window && !pixels.colour;
    this.window = pixels.colour ? { centre: 127.5, width: 255 } : (frame.window ?? windowFor(pixels));
  }

  /** Applies window and inversion: MONOCHROME1 is ours to turn round, Cornerstone sees MONOCHROME2 only. */
  private look(): void {
    if (!this.window || !this.filled) return;
    const inverted = this.inverted !== (this.frame?.photometric === "MONOCHROME1");
    this.viewport.setProperties({ voiRange: rangeOf(this.window), invert: inverted });
    this.viewport.render();
  }
}
