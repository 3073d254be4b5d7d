/** Drawing without a mouse: a cross that the arrow keys move over the picture, and Enter, which sets points there. */
import { lines, milli, same } from "../marks/geometry";
import { lookOf, MINE } from "../marks/layers";
import type { Mark, Point } from "../types";
import type { Cell } from "./cell";
import type { Desk } from "./desk";
import { drawnAs } from "./dom";
import type { Drawing } from "./drawing";
import { between, outline, type Ground } from "./sketching";

const MOVE = /^(?:(Shift|Alt|Ctrl)\+)?Arrow(Left|Right|Up|Down)$/;
/** Thousandths of a pixel by the key that is held. */
const STEPS: Record<string, number> = { "": 1000, Shift: 10_000, Alt: 100, Ctrl: 100 };
const WAYS: Record<string, Point> = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] };
const ARM = 14;

/** What the keys do, in one sentence. */
export const HOW =
  "arrow keys move the cross, with Shift by ten pixels, with Alt by a tenth; Enter sets a point, Backspace takes it back, Escape stops.";

export class Crosshair {
  private cell: Cell | null = null;
  private index = 0;
  private at: Point = [0, 0];
  private points: Point[] = [];

  constructor(
    private desk: Desk,
    private drawing: Drawing,
    private say: (sentence: string) => void,
  ) {}

  /** Does what a key says while a drawing tool is chosen; false where the key isn't the cross's. */
  press(cell: Cell, key: string): boolean {
    if (!this.desk.tool || this.desk.study.readonly || !cell.pane.filled) return false;
    const [, held = "", way] = MOVE.exec(key) ?? [];
    if (way) return this.move(cell, held, way);
    if (this.cell !== cell || !this.isHere()) return false;
    if (key === "Enter") return this.set();
    if (key === "Shift+Enter") return this.close();
    if (key === "Backspace") return this.back();
    return key === "Escape" && this.stop();
  }

  /** The mouse goes on, or another tool: nothing of it is left. */
  end(): void {
    const { cell } = this;
    this.cell = null;
    this.points = [];
    if (!cell) return;
    cell.overlay.cursor = null;
    cell.probe(null);
    cell.overlay.draw();
  }

  private get ground(): Ground {
    return { tool: this.desk.tool!, frames: this.cell!.pane.frames, index: this.index };
  }

  /** Whether the slice is still the one on which points were set. */
  private isHere(): boolean {
    return this.cell!.pane.index === this.index;
  }

  private move(cell: Cell, held: string, way: string): boolean {
    if (this.cell !== cell || !this.isHere()) this.begin(cell);
    else {
      const [x, y] = WAYS[way]!;
      const step = STEPS[held]!;
      const across = cell.pane.mirrored ? -x : x;
      this.at = milli([(this.at[0] + across * step) / 1000, (this.at[1] + y * step) / 1000], cell.pane.frame!);
    }
    this.show();
    this.tell("");
    return true;
  }

  /** In the middle of what is seen, on a corner between pixels. */
  private begin(cell: Cell): void {
    this.end();
    this.drawing.cancel();
    this.cell = cell;
    this.index = cell.pane.index;
    this.at = milli(cell.pane.centre.map(Math.round) as Point, cell.pane.frame!);
    cell.overlay.cursor = () => this.drawn();
  }

  private set(): boolean {
    const { tool } = this.ground;
    if (tool.kind === "mask") return this.dab();
    const last = this.points.at(-1);
    if (tool.kind === "polygon") {
      if (last && same(last, this.at)) return this.close();
      this.points.push(this.at);
      return this.tell(`Corner ${this.points.length}.`);
    }
    if (tool.kind !== "point" && !last) {
      this.points = [this.at];
      return this.tell("First point.");
    }
    const mark = between(this.ground, last ?? this.at, this.at);
    return mark ? this.made(mark) : this.tell("This is where the first point lies: move the cross first.");
  }

  private close(): boolean {
    if (this.desk.tool?.kind !== "polygon") return true;
    const mark = outline(this.ground, this.points);
    if (mark) return this.made(mark);
    const few = this.points.length < 3;
    return this.tell(
      few ? "An outline has at least three corners." : "The outline crosses itself: take corners back with Backspace.",
    );
  }

  private back(): boolean {
    const gone = this.points.pop();
    this.show();
    return this.tell(gone ? "The last point is taken back." : "There is no point to take back.");
  }

  private stop(): boolean {
    const had = this.points.length > 0;
    this.end();
    this.say("Nothing was drawn.");
    return had; // with nothing set, Escape gives the tool back too
  }

  private dab(): boolean {
    const spot = this.cell!.overlay.at(this.at);
    this.drawing.begin(this.cell!, spot)?.end(spot);
    return this.tell(this.desk.brush.erase ? "Erased." : "Painted.");
  }

  private made(mark: Mark): boolean {
    const { ground } = this;
    this.end();
    if (this.drawing.made(ground, mark)) this.say(`${ground.tool.label} is drawn.`);
    return true;
  }

  private tell(what: string): boolean {
    const [x, y] = this.at.map((one) => (one / 1000).toFixed(1));
    this.show();
    this.say(`${what} Column ${x}, row ${y}.`.trim());
    return true;
  }

  /** Draws it anew, moves the picture where it would leave the pane, and writes the value at it. */
  private show(): void {
    const cell = this.cell!;
    const { clientWidth, clientHeight } = cell.pane.element;
    const [x, y] = cell.overlay.at(this.at);
    if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) cell.pane.centreOn([this.at[0] / 1000, this.at[1] / 1000]);
    cell.overlay.draw();
    cell.probe(cell.overlay.at(this.at));
  }

  private drawn(): SVGElement | null {
    const { cell } = this;
    if (!cell || !this.desk.tool || !this.isHere()) return null;
    const { overlay } = cell;
    const [x, y] = overlay.at(this.at);
    const cross = `M${x - ARM} ${y}H${x - 3}M${x + 3} ${y}H${x + ARM}M${x} ${y - ARM}V${y - 3}M${x} ${y + 3}V${y + ARM}`;
    const d = cross + this.sketch().map((line) => overlay.path(line)).join("");
    const { colour } = lookOf(MINE, this.desk.tool.colour);
    return drawnAs(
      "g",
      { class: "viewer-crosshair" },
      drawnAs("path", { d, fill: "none", stroke: "#000", "stroke-opacity": 0.7, "stroke-width": 4 }),
      drawnAs("path", { d, fill: "none", stroke: colour, "stroke-width": 1.75 }),
    );
  }

  /** What would be drawn if the next point were here. */
  private sketch(): Point[][] {
    const [first] = this.points;
    if (!first) return [];
    if (this.desk.tool!.kind === "polygon") return [[...this.points, this.at]];
    const mark = between(this.ground, first, this.at);
    return mark ? lines(mark) : [];
  }
}
