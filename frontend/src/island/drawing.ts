/** Turns presses, moves and releases into new marks, for the tool that is chosen. */
import type { Spot } from "../display/pane";
import { lookOf, MINE } from "../marks/layers";
import { lines } from "../marks/geometry";
import { numberOf, onOf, slicesOf } from "../marks/places";
import { withHole } from "../marks/rings";
import { painted, runsOf, stroke, withSlice } from "../marks/runs";
import type { Drawn, MaskMark, Point } from "../types";
import type { Cell } from "./cell";
import { newId, type Desk } from "./desk";
import { drawnAs } from "./dom";
import { between, outline, pointAt, type Ground } from "./sketching";

/** Pixels of the screen: below it a press is a click, and an outline's next point is left out. */
const SLACK = 4;
const NEXT_POINT = 3;

/** What goes on between press and release. */
export interface Gesture {
  move(spot: Spot): void;
  end(spot: Spot): void;
}

export class Drawing {
  /** An outline that is being clicked, point by point. */
  private open: { cell: Cell; ground: Ground; points: Point[]; spots: Spot[] } | null = null;

  constructor(
    private desk: Desk,
    private done: () => void,
  ) {}

  /** Begins with a press; null where nothing can be drawn. */
  begin(cell: Cell, spot: Spot): Gesture | null {
    const { tool } = this.desk;
    const { frames, index, frame } = cell.pane;
    if (!tool || !frame || !cell.pane.filled || this.desk.study.readonly) return null;
    const ground = { tool, frames, index };
    if (tool.kind === "mask") return this.brush(cell, ground, spot);
    if (tool.kind === "polygon") return this.outlining(cell, ground, spot);
    return this.stretching(cell, ground, spot);
  }

  /** Closes the outline that is being clicked; false where there is none. */
  finish(): boolean {
    const { open } = this;
    this.open = null;
    if (!open) return false;
    this.close(open.cell, open.ground, open.points);
    return true;
  }

  /** Gives up what is being drawn; false where there is nothing. */
  cancel(): boolean {
    const was = this.open;
    this.open = null;
    if (was) this.sketch(was.cell, null);
    return was !== null;
  }

  /** The line from the last clicked point to the mouse. */
  hover(cell: Cell, spot: Spot): void {
    if (this.open?.cell !== cell) return;
    this.sketch(cell, [...this.open.points, this.at(cell, spot)]);
  }

  private stretching(cell: Cell, ground: Ground, from: Spot): Gesture {
    const start = this.at(cell, from);
    const mark = (spot: Spot) => between(ground, start, this.at(cell, spot));
    return {
      move: (spot) => this.sketch(cell, lines(mark(spot) ?? { kind: "point", on: {}, at: start }).flat()),
      end: (spot) => {
        this.sketch(cell, null);
        const made = ground.tool.kind !== "point" && apart(from, spot) < SLACK ? null : mark(spot);
        if (made) this.made(ground, made);
        else this.desk.refuse("too_small", "Press, draw and release: a click alone draws nothing with this tool.");
      },
    };
  }

  private outlining(cell: Cell, ground: Ground, spot: Spot): Gesture {
    if (this.open && this.open.cell === cell && this.open.ground.index === ground.index)
      return this.clicked(cell, spot);
    const drawn = { cell, ground, points: [this.at(cell, spot)], spots: [spot] };
    return {
      move: (next) => {
        if (apart(next, drawn.spots.at(-1)!) < NEXT_POINT) return;
        drawn.points.push(this.at(cell, next));
        drawn.spots.push(next);
        this.sketch(cell, drawn.points);
      },
      end: () => {
        if (drawn.points.length > 2) this.close(cell, ground, drawn.points);
        else this.open = { ...drawn, points: drawn.points.slice(0, 1), spots: drawn.spots.slice(0, 1) };
      },
    };
  }

  /** A further point, or the first one again, which closes the outline. */
  private clicked(cell: Cell, spot: Spot): Gesture {
    const open = this.open!;
    const closes = open.points.length > 2 && apart(spot, open.spots[0]!) < 2 * SLACK;
    return {
      move: () => undefined,
      end: () => {
        if (closes) return void this.finish();
        open.points.push(this.at(cell, spot));
        open.spots.push(spot);
        this.sketch(cell, open.points);
      },
    };
  }

  private close(cell: Cell, ground: Ground, points: Point[]): void {
    this.sketch(cell, null);
    const made = outline(ground, points);
    if (made) this.made(ground, made);
    else this.desk.refuse("outline_crosses", "The outline crosses itself or has no area: draw it again.");
  }

  /** An outline drawn inside the selected one of the same tool is its hole, where it may have holes. */
  private around({ tool, frames, index }: Ground, ring: Point[]): { drawn: Drawn; mark: Drawn["mark"] } | null {
    const drawn = this.desk.store
      .own()
      .find((one) => one.id === this.desk.selected && one.tool === tool.id && !one.locked);
    if (!tool.holes || drawn?.mark.kind !== "polygon" || !slicesOf(drawn.mark, frames).includes(index)) return null;
    const mark = withHole(drawn.mark, ring);
    return mark && { drawn, mark };
  }

  /** Paints into the selected mask of this tool that lies on this series, or into a new one. */
  private brush(cell: Cell, ground: Ground, from: Spot): Gesture {
    const { frames, index } = ground;
    const target = this.target(ground);
    const on = target?.mark.on ?? onOf(ground.tool, frames, index);
    const frame = frames[index]!;
    const slice = numberOf(on, frames, index);
    const empty: MaskMark = { kind: "mask", on, rows: frame.rows, columns: frame.columns, slices: [] };
    const before = (target?.mark as MaskMark | undefined) ?? empty;
    const pixels = painted(before.slices.find((one) => one.slice === slice)?.runs ?? [], frame);
    let last = cell.pane.toImage(from);
    const paint = (spot: Spot) => {
      const next = cell.pane.toImage(spot);
      stroke(pixels, frame, last, next, this.desk.brush.radius, this.desk.brush.erase ? 0 : 1);
      last = next;
      cell.overlay.draw();
      cell.overlay.paint(
        { ...empty, slices: [{ slice, runs: runsOf(pixels) }] },
        lookOf(MINE, ground.tool.colour),
        true,
      );
    };
    paint(from);
    return { move: paint, end: () => this.brushed(ground, target, withSlice(before, slice, runsOf(pixels))) };
  }

  private target({ tool, frames, index }: Ground): Drawn | undefined {
    const own = this.desk.store.own().filter((one) => one.tool === tool.id && one.mark.kind === "mask" && !one.locked);
    const here = own.filter((one) => one.mark.on.series === frames[0]!.series);
    const selected = here.find((one) => one.id === this.desk.selected);
    return (
      selected ?? (this.desk.brush.erase ? here.find((one) => slicesOf(one.mark, frames).includes(index)) : undefined)
    );
  }

  private brushed(ground: Ground, target: Drawn | undefined, mark: MaskMark | null): void {
    if (!mark) return target ? this.desk.store.remove(target.id) : this.desk.redraw();
    if (target) this.desk.keep(target, mark);
    else this.made(ground, mark);
  }

  /** Keeps a new mark and selects it; false where it was refused. An outline in one that may have holes is its hole. */
  made(ground: Ground, mark: Drawn["mark"]): boolean {
    const around = mark.kind === "polygon" ? this.around(ground, mark.points) : null;
    const drawn = around?.drawn ?? { id: newId(), tool: ground.tool.id, mark, layer: MINE, label: ground.tool.label };
    const before = this.desk.store.find(drawn.id);
    this.desk.keep(drawn, around?.mark ?? mark);
    const after = this.desk.store.find(drawn.id);
    if (after && !around) this.desk.choose(drawn.id);
    if (ground.tool.kind !== "mask" && !around) this.done();
    return after !== before;
  }

  private at(cell: Cell, spot: Spot): Point {
    return pointAt(cell.pane.toImage(spot), cell.pane.frame!);
  }

  private sketch(cell: Cell, points: Point[] | null): void {
    const colour = lookOf(MINE, this.desk.tool?.colour ?? 0).colour;
    const path = points && cell.overlay.path(points);
    cell.overlay.sketch = path ? drawnAs("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2 }) : null;
    cell.overlay.draw();
  }
}

/** Pixels of the screen between two spots. */
export function apart(a: Spot, b: Spot): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
