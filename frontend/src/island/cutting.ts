/** Draws where a plane through the volume cuts the marks of its slices, and finds the one that is pointed at. */
import type { Frame, Vector } from "../dicom/frames";
import type { Spot } from "../display/pane";
import type { Planes } from "../display/planes";
import { covers, cutsOf } from "../marks/cuts";
import { lookOf } from "../marks/layers";
import type { Drawn } from "../types";
import type { Desk } from "./desk";
import { drawnAs } from "./dom";
import { apart } from "./drawing";

const NEAR = 7;
const ARM = 6;

/** The marks of a plane, each in its layer's colour and pattern, masks filled. */
export function cutMarks(desk: Desk, planes: Planes, pane: number, frames: Frame[]): SVGGElement[] {
  const at = (place: Vector) => planes.spotOf(pane, place);
  return cutsOf(desk.store.all(), frames, planes.plane(pane)).map(([one, cut]) => {
    const look = lookOf(one.layer, desk.toolOf(one)?.colour ?? 0);
    const chosen = one.id === desk.selected;
    const mask = one.mark.kind === "mask";
    const d = [
      ...cut.outlines.map((ring) => `${path(ring.map(at))}Z`),
      ...cut.lines.map((line) => openPath(line.map(at))),
    ].join("");
    const dashes = cut.outlines.length ? look.dashes || null : null;
    const edge = { stroke: "#000", "stroke-opacity": 0.7, "stroke-width": chosen ? 6 : 4, "stroke-dasharray": dashes };
    const line = { stroke: look.colour, "stroke-width": chosen ? 3 : 1.75, "stroke-dasharray": dashes };
    const filled = { fill: look.colour, "fill-opacity": chosen ? 0.6 : 0.4 };
    const shapes = mask
      ? [drawnAs("path", { d, ...filled })]
      : [drawnAs("path", { d, fill: "none", ...edge }), drawnAs("path", { d, fill: "none", ...line })];
    return drawnAs("g", { "data-mark": one.id, "data-layer": one.layer }, ...shapes);
  });
}

/** The mark whose cut is pointed at, the uppermost first; null where there is none. */
export function cutAt(desk: Desk, planes: Planes, pane: number, frames: Frame[], spot: Spot): Drawn | null {
  const plane = planes.plane(pane);
  const at = (place: Vector) => planes.spotOf(pane, place);
  const place = planes.pixelAt(pane, spot);
  const found = cutsOf(desk.store.all(), frames, plane).findLast(([one, cut]) => {
    const closed = cut.outlines.map((ring) => [...ring, ring[0]!]);
    const close = [...closed, ...cut.lines].some((line) => isNear(line.map(at), spot));
    return close || (one.mark.kind === "mask" && covers(cut, plane, place));
  });
  return found?.[0] ?? null;
}

function isNear(spots: Spot[], spot: Spot): boolean {
  if (spots.length === 1) return apart(spots[0]!, spot) <= NEAR + 2;
  return spots.some((end, at) => at > 0 && toSegment(spot, spots[at - 1]!, end) <= NEAR);
}

/** Pixels of the screen between a spot and a line. */
export function toSegment(spot: Spot, a: Spot, b: Spot): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / length)) : 0;
  return apart(spot, [a[0] + share * dx, a[1] + share * dy]);
}

function path(spots: Spot[]): string {
  return spots.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
}

/** A line too short to be seen is a cross. */
function openPath(spots: Spot[]): string {
  const [x, y] = spots[0]!;
  const cross = `M${x - ARM} ${y}H${x + ARM}M${x} ${y - ARM}V${y + ARM}`;
  return spots.length > 1 && apart(spots[0]!, spots.at(-1)!) > ARM ? path(spots) : cross;
}
