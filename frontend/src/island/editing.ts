/** Finding the mark under the mouse, and changing it by its handles or as a whole. */
import type { Spot } from "../display/pane";
import { handles, lines, moved, withHandle } from "../marks/geometry";
import { lookOf, MINE } from "../marks/layers";
import { numberOf } from "../marks/places";
import { isSound } from "../marks/rings";
import type { Drawn, Mark, MaskMark, Point } from "../types";
import type { Cell } from "./cell";
import { toSegment } from "./cutting";
import type { Desk } from "./desk";
import { drawnAs } from "./dom";
import { apart, type Gesture } from "./drawing";
import { pointAt } from "./sketching";

const NEAR = 7;

export interface Hit {
  drawn: Drawn;
  /** Index of the handle; null on a line. */
  handle: number | null;
}

/** What lies within a few pixels of the screen of a spot; handles of the selected mark first, own marks before others. */
export function hit(desk: Desk, cell: Cell, spot: Spot): Hit | null {
  if (!cell.pane.filled) return null;
  const shown = cell.overlay.shown().reverse();
  const chosen = shown.find((one) => one.id === desk.selected && desk.store.isOpen(one.id));
  const handle = chosen ? handles(chosen.mark).findIndex((point) => apart(cell.overlay.at(point), spot) <= NEAR) : -1;
  if (chosen && handle >= 0) return { drawn: chosen, handle };
  const found = shown.find((one) => isOn(cell, one.mark, spot));
  return found ? { drawn: found, handle: null } : null;
}

/** Drags what was hit; a click without a drag only selects it. */
export function edit(desk: Desk, cell: Cell, { drawn, handle }: Hit, from: Spot): Gesture {
  desk.choose(drawn.id);
  const frame = cell.pane.frame!;
  const start = pointAt(cell.pane.toImage(from), frame);
  const open = desk.store.isOpen(drawn.id) && !desk.study.readonly;
  const changed = (spot: Spot): Mark | null => {
    if (!open || apart(from, spot) < 2) return null;
    const at = pointAt(cell.pane.toImage(spot), frame);
    if (handle !== null) return withHandle(drawn.mark, handle, at);
    return moved(drawn.mark, [at[0] - start[0], at[1] - start[1]], frame);
  };
  return {
    move: (spot) => sketch(cell, changed(spot), lookOf(MINE, desk.toolOf(drawn)?.colour ?? 0).colour),
    end: (spot) => {
      sketch(cell, null, "");
      const mark = changed(spot);
      if (mark?.kind === "polygon" && !isSound(mark)) {
        return desk.refuse("outline_crosses", "The outline would cross itself: it stays as it was.");
      }
      if (mark && mark.kind !== "mask") desk.keep(drawn, mark);
    },
  };
}

function sketch(cell: Cell, mark: Mark | null, colour: string): void {
  const path =
    mark &&
    lines(mark)
      .map((line) => cell.overlay.path(line))
      .join("");
  cell.overlay.sketch = path
    ? drawnAs("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": "3 3" })
    : null;
  cell.overlay.draw();
}

function isOn(cell: Cell, mark: Mark, spot: Spot): boolean {
  if (mark.kind === "mask") return isPainted(cell, mark, cell.pane.toImage(spot));
  return lines(mark).some((line) => {
    const spots = line.map((point: Point) => cell.overlay.at(point));
    if (spots.length === 1) return apart(spots[0]!, spot) <= NEAR + 2;
    return spots.some((end, at) => at > 0 && toSegment(spot, spots[at - 1]!, end) <= NEAR);
  });
}

function isPainted(cell: Cell, mark: MaskMark, [x, y]: Spot): boolean {
  const slice = numberOf(mark.on, cell.pane.frames, cell.pane.index);
  const runs = mark.slices.find((one) => one.slice === slice)?.runs ?? [];
  const pixel = Math.floor(y) * mark.columns + Math.floor(x);
  if (x < 0 || y < 0 || x >= mark.columns || y >= mark.rows) return false;
  return runs.some((start, at) => at % 2 === 0 && pixel >= start && pixel < start + runs[at + 1]!);
}
