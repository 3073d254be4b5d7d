/** Draws the marks of a slice over its picture: lines in SVG, painted pixels on a canvas. */
import type { Pane, Spot } from "../display/pane";
import { handles, lines } from "../marks/geometry";
import { cornerOf, lookOf, type Look } from "../marks/layers";
import { measure } from "../marks/measures";
import { numberOf, slicesOf } from "../marks/places";
import { painted } from "../marks/runs";
import type { Drawn, MaskMark, Point } from "../types";
import type { Desk } from "./desk";
import { drawnAs } from "./dom";

const HANDLE = 4;

export class Overlay {
  readonly svg = drawnAs("svg", { class: "viewer-marks", "aria-hidden": "true" });
  readonly canvas = document.createElement("canvas");
  /** What is just being drawn. */
  sketch: SVGElement | null = null;
  /** Draws the cross that keys move, and what hangs on it. */
  cursor: (() => SVGElement | null) | null = null;

  constructor(
    private desk: Desk,
    private pane: Pane,
  ) {
    this.canvas.className = "viewer-masks";
  }

  /** The marks on the slice that is shown. */
  shown(): Drawn[] {
    const { frames, index } = this.pane;
    return this.desk.store.all().filter((one) => slicesOf(one.mark, frames).includes(index));
  }

  draw(): void {
    this.svg.replaceChildren();
    this.clear();
    if (!this.pane.filled) return;
    for (const one of this.shown()) {
      const look = lookOf(one.layer, this.desk.toolOf(one)?.colour ?? 0);
      if (one.mark.kind === "mask") this.paint(one.mark, look, one.id === this.desk.selected);
      else this.svg.append(this.outlined(one, look));
    }
    const cursor = this.cursor?.();
    for (const one of [this.sketch, cursor]) if (one) this.svg.append(one);
  }

  /** A path through points of the picture, in pixels of the pane. */
  path(points: Point[]): string {
    return points
      .map(
        (point, at) =>
          `${at ? "L" : "M"}${this.at(point)
            .map((one) => one.toFixed(2))
            .join(" ")}`,
      )
      .join("");
  }

  at(point: Point): Spot {
    return this.pane.toPane([point[0] / 1000, point[1] / 1000]);
  }

  private outlined(one: Drawn, look: Look): SVGGElement {
    const chosen = one.id === this.desk.selected;
    const group = drawnAs("g", { "data-mark": one.id, "data-layer": one.layer });
    const d =
      one.mark.kind === "point"
        ? this.cross(one.mark.at)
        : lines(one.mark)
            .map((line) => this.path(line))
            .join("");
    const dashes = one.mark.kind === "point" ? null : look.dashes || null;
    const edge = { stroke: "#000", "stroke-opacity": 0.7, "stroke-width": chosen ? 6 : 4, "stroke-dasharray": dashes };
    group.append(drawnAs("path", { d, fill: "none", ...edge }));
    group.append(
      drawnAs("path", {
        d,
        fill: "none",
        stroke: look.colour,
        "stroke-width": chosen ? 3 : 1.75,
        "stroke-dasharray": dashes,
      }),
    );
    if (one.label && one.mark.kind !== "span") group.append(this.caption(one, look));
    if (chosen && this.desk.store.isOpen(one.id) && !this.desk.study.readonly) group.append(...this.grips(one, look));
    return group;
  }

  private cross(at: Point): string {
    const [x, y] = this.at(at);
    return `M${x - 7} ${y}H${x - 2}M${x + 2} ${y}H${x + 7}M${x} ${y - 7}V${y - 2}M${x} ${y + 2}V${y + 7}`;
  }

  private caption(one: Drawn, look: Look): SVGTextElement {
    const spots = lines(one.mark)
      .flat()
      .map((point) => this.at(point));
    const { right, below } = cornerOf(one.layer);
    const [x, y] = [right ? Math.max : Math.min, below ? Math.max : Math.min].map((end, axis) =>
      end(...spots.map((spot) => spot[axis]!)),
    ) as Spot;
    const style = {
      "font-size": 13,
      "font-family": "system-ui, sans-serif",
      "paint-order": "stroke",
      "text-anchor": right ? "end" : "start",
    };
    const size = one.mark.kind === "length" ? ` ${measure(one.mark, this.pane.frame)}` : "";
    const whose = /^[A-Z]$/.test(one.layer) && one.label !== one.layer ? `${one.layer} ` : "";
    return drawnAs(
      "text",
      { x, y: below ? y + 16 : y - 6, fill: look.colour, stroke: "#000", "stroke-width": 3, ...style },
      `${whose}${one.label}${size}`,
    );
  }

  private grips(one: Drawn, look: Look): SVGElement[] {
    // A dense outline would vanish under its grips, a point under its only one.
    const bare = one.mark.kind === "point" || (one.mark.kind === "polygon" && one.mark.points.length > 60);
    return (bare ? [] : handles(one.mark)).map((point) => {
      const [x, y] = this.at(point);
      return drawnAs("rect", {
        x: x - HANDLE,
        y: y - HANDLE,
        width: 2 * HANDLE,
        height: 2 * HANDLE,
        fill: "#000",
        stroke: look.colour,
        "stroke-width": 1.5,
      });
    });
  }

  private clear(): void {
    const { clientWidth: width, clientHeight: height } = this.pane.element;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
  }

  /** Painted pixels exactly where the picture's pixels lie, whatever its zoom, shape and mirroring. */
  paint(mark: MaskMark, look: Look, chosen: boolean): void {
    const slice = numberOf(mark.on, this.pane.frames, this.pane.index);
    const runs = mark.slices.find((one) => one.slice === slice)?.runs;
    const context = this.canvas.getContext("2d");
    if (!runs || !context) return;
    const scale = window.devicePixelRatio || 1;
    const [[x, y], [right, upper], [left, lower]] = (
      [
        [0, 0],
        [1, 0],
        [0, 1],
      ] as Spot[]
    ).map((spot) => this.pane.toPane(spot)) as [Spot, Spot, Spot];
    context.setTransform(
      (right - x) * scale,
      (upper - y) * scale,
      (left - x) * scale,
      (lower - y) * scale,
      x * scale,
      y * scale,
    );
    context.imageSmoothingEnabled = false;
    context.globalAlpha = chosen ? 0.6 : 0.4;
    context.drawImage(tinted(painted(runs, mark), mark, look.colour), 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
}

function tinted(pixels: Uint8Array, { rows, columns }: MaskMark, colour: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d")!;
  const data = context.createImageData(columns, rows);
  const rgba = Number.parseInt(`${colour.slice(1)}ff`, 16) >>> 0;
  const view = new DataView(data.data.buffer);
  for (let at = pixels.indexOf(1); at >= 0; at = pixels.indexOf(1, at + 1)) view.setUint32(at * 4, rgba);
  context.putImageData(data, 0, 0);
  return canvas;
}
