/** Which frames the spans of a film mark, as bars above its slider. */
import { lookOf } from "../marks/layers";
import { slicesOf } from "../marks/places";
import type { Drawn } from "../types";
import type { Parts } from "./actions";
import { drawnAs, set } from "./dom";
import type { Panel } from "./toolbar";

/** Pixels of the screen from one layer's bars to the next one's. */
const ROW = 5;

/** A bar for each span on the active cell's series, a row for each layer; a click selects its mark. */
export function spans({ desk, stage, select }: Parts): Omit<Panel, "element"> & { element: SVGSVGElement } {
  const element = drawnAs("svg", { class: "viewer-spans", "aria-hidden": "true" });
  const bar = (one: Drawn, row: number): SVGElement[] => {
    const ends = endsOf(one, stage.current.pane.frames);
    if (!ends) return [];
    const look = lookOf(one.layer, desk.toolOf(one)?.colour ?? 0);
    const [x1, x2] = ends.map((end) => `${(100 * end).toFixed(3)}%`);
    const y = row * ROW + 3;
    const line = drawnAs("line", {
      "data-mark": one.id,
      x1,
      x2,
      y1: y,
      y2: y,
      stroke: look.colour,
      "stroke-width": one.id === desk.selected ? 4 : 3,
      "stroke-dasharray": look.dashes || null,
      "stroke-linecap": look.dashes && x1 !== x2 ? "butt" : "round",
    });
    line.addEventListener("click", () => select(one.id));
    return [line];
  };
  const update = () => {
    const all = desk.store.all().filter((one) => one.mark.kind === "span");
    const layers = [...new Set(all.map((one) => one.layer))];
    const bars = all.flatMap((one) => bar(one, layers.indexOf(one.layer)));
    element.replaceChildren(...bars);
    set(element, { height: bars.length ? layers.length * ROW + 1 : 0 });
  };
  return { element, update };
}

/** First and last frame of a span as parts of the slider's way; null where it lies on another series. */
export function endsOf(one: Drawn, frames: Parameters<typeof slicesOf>[1]): [number, number] | null {
  const slices = slicesOf(one.mark, frames);
  if (!slices.length || frames.length < 2) return null;
  return [slices[0]! / (frames.length - 1), slices.at(-1)! / (frames.length - 1)];
}
