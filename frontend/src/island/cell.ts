/** A cell of the layout: its picture, the marks over it, and what is written in its corners. */
import type { RenderingEngine } from "@cornerstonejs/core";

import { keyOf } from "../dicom/pictures";
import type { Pixels } from "../dicom/pixels";
import { Pane, type Spot } from "../display/pane";
import { AS_STORED, presetNamed, type Preset } from "../display/windows";
import type { Cell as Hung, CellState } from "../types";
import type { Desk } from "./desk";
import { make, set } from "./dom";
import { Overlay } from "./overlay";

const AHEAD = 12;

export class Cell {
  readonly element: HTMLElement;
  readonly pane: Pane;
  readonly overlay: Overlay;
  series: string | null = null;
  link: string | undefined;
  pixels: Pixels | null = null;
  /** Called when another slice is shown. */
  moved: (cell: Cell) => void = () => undefined;
  /** The preset with which this series opened. */
  private began: Preset | undefined;
  private plate = make("div", { class: "viewer-plate" });
  private corners = ["top", "right", "bottom", "probe"].map((name) =>
    make("span", { class: `viewer-corner viewer-${name}` }),
  );

  constructor(
    private desk: Desk,
    engine: RenderingEngine,
    readonly number: number,
    into: HTMLElement,
  ) {
    const picture = make("div", { class: "viewer-picture" });
    this.plate.append(picture);
    this.element = make("div", {
      class: "viewer-cell",
      role: "group",
      tabindex: 0,
      "data-cell": number,
      "aria-label": `Image ${number + 1}`,
    });
    this.element.append(this.plate, ...this.corners);
    into.append(this.element);
    this.pane = new Pane(engine, `cell-${number}`, picture, desk.pictures, () => this.drawn());
    this.overlay = new Overlay(desk, this.pane);
    picture.after(this.overlay.canvas, this.overlay.svg);
  }

  /** Whole pixels of the screen: a picture that is stretched by a fraction would shift what is pointed at. */
  measure(): void {
    const { width, height } = this.element.getBoundingClientRect();
    this.plate.style.width = `${Math.floor(width)}px`;
    this.plate.style.height = `${Math.floor(height)}px`;
  }

  /** Hangs a series in this cell. */
  async hang(hung: Hung, slice?: number): Promise<void> {
    this.series = hung.series;
    this.link = hung.link;
    this.pane.mirrored = hung.mirrored ?? false;
    const frames = hung.series ? await this.desk.frames(hung.series) : [];
    if (hung.series !== this.series || !frames.length) return this.label();
    const { modality } = frames[0]!;
    const name = hung.preset ?? this.desk.presets[modality];
    this.began = name ? presetNamed(modality, name) : undefined;
    this.pane.chosen = false;
    this.pane.inverted = false;
    const wanted = frames.findIndex((frame) => frame.sop === hung.sop);
    await this.pane.show(frames, slice ?? Math.max(wanted, 0));
    if (this.began) {
      this.pixels = await this.desk.pictures.of(this.pane.frame!);
      this.preset(this.began);
    }
    await this.arrived();
  }

  async go(index: number): Promise<void> {
    try {
      if (await this.pane.go(index)) await this.arrived();
    } catch (error) {
      this.desk.failed(error);
    }
  }

  preset(preset: Preset): void {
    if (preset.window !== "all") return this.pane.setWindow(preset.window);
    if (!this.pixels) return;
    const { least, most } = this.pixels;
    this.pane.setWindow({ centre: (least + most) / 2, width: Math.max(most - least, 1e-6) });
  }

  reset(): void {
    this.pane.inverted = false;
    this.preset(this.began ?? AS_STORED);
    this.pane.fit();
  }

  draw(): void {
    this.overlay.draw();
    this.label();
  }

  /** Writes what lies under the mouse; nothing outside of the picture. */
  probe(spot: Spot | null): void {
    this.corners[3]!.textContent = spot ? this.valueAt(spot) : "";
  }

  valueAt(spot: Spot): string {
    const frame = this.pane.frame;
    if (!frame || !this.pixels) return "";
    const [x, y] = this.pane.toImage(spot).map(Math.floor) as Spot;
    if (x < 0 || y < 0 || x >= frame.columns || y >= frame.rows) return "";
    const parts = this.pixels.colour ? 3 : 1;
    const at = (y * frame.columns + x) * parts;
    const values = [...this.pixels.data.slice(at, at + parts)].map((value) => Number(value.toFixed(3)));
    return `${x + 1}, ${y + 1}: ${values.join(", ")}${frame.modality === "CT" ? " HU" : ""}`;
  }

  state(): CellState {
    const { pane } = this;
    const shown = pane.filled;
    return {
      series: this.series,
      slice: pane.index,
      window: pane.chosen ? pane.window : null,
      inverted: pane.inverted,
      mirrored: pane.mirrored,
      link: this.link,
      zoom: shown ? pane.zoom : 1,
      centre: shown ? pane.centre : null,
    };
  }

  async restore(state: CellState): Promise<void> {
    await this.hang(state as Hung, state.slice);
    if (!this.pane.filled) return;
    this.pane.setWindow(state.window);
    this.pane.invert(state.inverted);
    if (state.centre) this.pane.refit(state.zoom, state.centre);
  }

  close(): void {
    this.pane.close();
    this.element.remove();
  }

  drop(): void {
    this.pane.drop();
    this.element.remove();
  }

  /** The slice is on the screen: fetch its neighbours, the next ones first. */
  private async arrived(): Promise<void> {
    const frame = this.pane.frame;
    if (!frame) return;
    this.pixels = await this.desk.pictures.of(frame);
    if (frame !== this.pane.frame) return;
    this.draw();
    this.moved(this);
    const { frames, index } = this.pane;
    const around = Array.from({ length: AHEAD }, (_, step) => [
      frames[index + step + 1],
      frames[index - step - 1],
    ]).flat();
    const rest = [...frames.slice(index + AHEAD + 1), ...frames.slice(0, Math.max(index - AHEAD, 0)).reverse()];
    this.desk.pictures.soon([...around, ...rest].filter((one) => one !== undefined));
    set(this.element, { "data-slice": index, "data-frame": keyOf(frame) });
  }

  private drawn(): void {
    this.draw();
  }

  private label(): void {
    const about = this.desk.about(this.series);
    const { frames, index, window } = this.pane;
    const study = this.desk.study.studies.find((one) => one.uid === about?.study);
    const title = about
      ? [study?.label, about.modality, about.laterality, about.view, about.description].filter(Boolean).join(" · ")
      : "";
    const place = frames.length && this.series ? `${index + 1}/${frames.length}` : "";
    const levels = window && this.pane.filled ? `C ${round(window.centre)} W ${round(window.width)}` : "";
    const [top, right, bottom] = this.corners as [HTMLElement, HTMLElement, HTMLElement];
    top.textContent = title;
    right.textContent = place;
    bottom.textContent = levels;
    set(this.element, {
      "data-image": place || null,
      "data-window": levels || null,
      "data-inverted": String(this.pane.inverted),
      "aria-label": about ? `Image ${place} of ${title}` : `Empty cell ${this.number + 1}`,
    });
  }
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
