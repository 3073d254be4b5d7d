/** What the mouse does on a cell: draw, change a mark, or move the picture. */
import type { Spot } from "../display/pane";
import { dragged } from "../display/windows";
import type { Cell } from "./cell";
import type { Desk, Mode } from "./desk";
import type { Drawing, Gesture } from "./drawing";
import { edit, hit } from "./editing";
import type { Stage } from "./stage";

const BUTTONS: Mode[] = ["wl", "pan", "zoom"];
/** Pixels of the screen for one slice while the mouse scrolls. */
const SLICE = 8;

export class Pointing {
  private gesture: Gesture | null = null;
  private wheel = 0;

  constructor(
    private desk: Desk,
    private stage: Stage,
    private drawing: Drawing,
  ) {}

  listen(cell: Cell): void {
    const { element } = cell;
    element.addEventListener("pointerdown", (event) => this.down(cell, event));
    element.addEventListener("pointermove", (event) => this.move(cell, event));
    element.addEventListener("pointerup", (event) => this.up(cell, event));
    element.addEventListener("pointercancel", (event) => this.up(cell, event));
    element.addEventListener("pointerleave", () => cell.probe(null));
    element.addEventListener("dblclick", () => void this.drawing.finish());
    element.addEventListener("contextmenu", (event) => event.preventDefault());
    element.addEventListener("wheel", (event) => this.turn(cell, event), { passive: false });
    element.addEventListener("focus", () => this.stage.activate(cell));
  }

  private down(cell: Cell, event: PointerEvent): void {
    cell.element.focus({ preventScroll: true });
    this.stage.activate(cell);
    event.preventDefault();
    if (!cell.pane.filled || this.gesture) return;
    cell.element.setPointerCapture(event.pointerId);
    this.gesture = this.begin(cell, spotOf(cell, event), event.button);
  }

  private begin(cell: Cell, spot: Spot, button: number): Gesture | null {
    if (button !== 0) return this.moving(cell, spot, BUTTONS[button] ?? "pan");
    const drawn = this.drawing.begin(cell, spot);
    if (drawn) return drawn;
    const found = hit(this.desk, cell, spot);
    if (found) return edit(this.desk, cell, found, spot);
    return this.moving(cell, spot, this.desk.mode);
  }

  private move(cell: Cell, event: PointerEvent): void {
    const spot = spotOf(cell, event);
    if (this.gesture) return this.gesture.move(spot);
    if (!cell.pane.filled) return;
    cell.probe(spot);
    this.drawing.hover(cell, spot);
    const found = this.desk.tool ? null : hit(this.desk, cell, spot);
    cell.element.dataset.over = this.desk.tool ? "draw" : found ? (found.handle === null ? "mark" : "handle") : "";
  }

  private up(cell: Cell, event: PointerEvent): void {
    const { gesture } = this;
    this.gesture = null;
    gesture?.end(spotOf(cell, event));
  }

  private moving(cell: Cell, from: Spot, mode: Mode): Gesture {
    const { pane } = cell;
    const start = { window: pane.window, zoom: pane.zoom, centre: pane.centre, index: pane.index };
    const by = (spot: Spot): Spot => [spot[0] - from[0], spot[1] - from[1]];
    const moves: Record<Mode, (step: Spot) => void> = {
      wl: ([x, y]) => start.window && pane.setWindow(dragged(start.window, x, y)),
      zoom: ([, y]) => pane.zoomTo(start.zoom * Math.exp(-y / 150)),
      pan: (step) => pane.centreOn(pane.pushed(start.centre, step)),
      scroll: ([, y]) => void cell.go(start.index + Math.round(y / SLICE)),
      probe: () => undefined,
    };
    return {
      move: (spot) => {
        moves[mode](by(spot));
        cell.probe(spot);
      },
      end: (spot) => {
        if (Math.hypot(...by(spot)) < 3 && mode !== "probe") this.desk.choose(null);
        this.stage.changed();
      },
    };
  }

  private turn(cell: Cell, event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey)
      return cell.pane.filled ? cell.pane.zoomTo(cell.pane.zoom * Math.exp(-event.deltaY / 400)) : undefined;
    this.wheel += event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3;
    const steps = Math.trunc(this.wheel) || (Math.abs(event.deltaY) >= 20 ? Math.sign(event.deltaY) : 0);
    if (!steps) return;
    this.wheel = 0;
    this.stage.scroll(cell, steps);
  }
}

function spotOf(cell: Cell, event: MouseEvent): Spot {
  const box = cell.pane.element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
