/** Three planes through the active cell's series, with a cross where they meet; the slices wait behind them. */
import type { Frame } from "../dicom/frames";
import { PLANES, Planes, obstacle } from "../display/planes";
import type { Spot } from "../display/pane";
import { cutAt, cutMarks } from "./cutting";
import type { Desk } from "./desk";
import { drawnAs, make } from "./dom";
import type { Stage } from "./stage";

export class Mpr {
  readonly element = make("div", {
    class: "viewer-stage viewer-planes",
    hidden: true,
    role: "group",
    "aria-label": "Three planes",
  });
  private planes: Planes | null = null;
  private waits = false;
  private frames: Frame[] = [];
  private panes: HTMLDivElement[] = [];
  private crosses: SVGSVGElement[] = [];
  private sized = new ResizeObserver(() => this.planes?.resize());

  constructor(
    private desk: Desk,
    private stage: Stage,
  ) {
    this.sized.observe(this.element);
  }

  get on(): boolean {
    return this.planes !== null;
  }

  toggle(): void {
    if (this.planes) this.close();
    else if (!this.waits) void this.open().catch((error: unknown) => this.fail(error));
  }

  /** The window and inversion of the cell that it was opened from. */
  update(): void {
    const { window, inverted, frame } = this.stage.current.pane;
    if (window) this.planes?.look(window, inverted !== (frame?.photometric === "MONOCHROME1"));
  }

  close(): void {
    const { planes } = this;
    this.planes = null;
    this.show(false);
    if (!planes) return;
    void this.stage.current.go(planes.nearest());
    planes.close();
    this.element.replaceChildren();
    this.stage.changed();
  }

  end(): void {
    this.sized.disconnect();
    this.drop();
  }

  /** Without a way back to the slices: the pictures are gone. */
  drop(): void {
    this.planes?.close();
    this.planes = null;
    this.show(false);
    this.element.replaceChildren();
  }

  private async open(): Promise<void> {
    const { frames } = this.stage.current.pane;
    this.frames = frames;
    const why = obstacle(frames);
    if (why) return this.desk.refuse("no_planes", why);
    this.waits = true;
    this.build();
    this.show(true);
    const planes = await Planes.of(frames, this.desk.pictures, this.panes, () => this.draw());
    this.waits = false;
    this.planes = planes;
    this.update();
    this.draw();
    this.element.dataset.ready = "true";
    this.stage.changed();
  }

  private fail(error: unknown): void {
    this.waits = false;
    this.close();
    this.desk.failed(error);
  }

  private show(on: boolean): void {
    this.element.hidden = !on;
    this.stage.element.hidden = on;
    if (!on) delete this.element.dataset.ready;
  }

  private build(): void {
    this.panes = [];
    this.crosses = [];
    this.element.replaceChildren(...PLANES.map((plane, at) => this.cell(plane, at)));
  }

  private cell(plane: string, at: number): HTMLElement {
    const picture = make("div", { class: "viewer-picture" });
    const cross = drawnAs("svg", { class: "viewer-marks", "aria-hidden": "true" });
    const title = plane[0]!.toUpperCase() + plane.slice(1);
    const cell = make("div", {
      class: "viewer-cell",
      role: "group",
      tabindex: 0,
      "aria-label": `${title} plane`,
      "data-plane": plane,
    });
    cell.append(picture, cross, make("span", { class: "viewer-corner viewer-top" }, title));
    if (at === 0) cell.append(make("span", { class: "viewer-corner viewer-bottom" }, "Marks are drawn in the slices"));
    this.panes.push(picture);
    this.crosses.push(cross);
    this.listen(cell, picture, at);
    return cell;
  }

  private listen(cell: HTMLElement, picture: HTMLElement, at: number): void {
    const spotOf = (event: MouseEvent): Spot => {
      const box = picture.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const select = (event: PointerEvent) => {
      const found = this.planes && cutAt(this.desk, this.planes, at, this.frames, spotOf(event));
      if (found) this.desk.choose(found.id);
    };
    const point = (event: PointerEvent) => {
      if (event.buttons & 1 && this.planes) this.planes.go(this.planes.placeAt(at, spotOf(event)));
    };
    cell.addEventListener("pointerdown", (event) => {
      cell.setPointerCapture(event.pointerId);
      if (event.button === 0) select(event);
      point(event);
    });
    cell.addEventListener("pointermove", point);
    cell.addEventListener("keydown", (event) => {
      const by = { PageDown: 1, PageUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.planes?.step(at, by);
    });
    cell.addEventListener("contextmenu", (event) => event.preventDefault());
    cell.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (event.ctrlKey) this.planes?.zoom(at, Math.exp(-event.deltaY / 400));
        else this.planes?.step(at, Math.sign(event.deltaY));
      },
      { passive: false },
    );
  }

  private draw(): void {
    const { planes } = this;
    if (!planes) return;
    this.element.dataset.place = planes.place.map((one) => one.toFixed(1)).join(" ");
    this.crosses.forEach((cross, at) => {
      const [x, y] = planes.spot(at);
      const { clientWidth: width, clientHeight: height } = this.panes[at]!;
      const d = `M0 ${y}H${x - 8}M${x + 8} ${y}H${width}M${x} 0V${y - 8}M${x} ${y + 8}V${height}`;
      cross.replaceChildren(
        ...cutMarks(this.desk, planes, at, this.frames),
        drawnAs("path", { d, fill: "none", stroke: "#5fe0ff", "stroke-opacity": 0.8, "stroke-width": 1 }),
      );
    });
  }
}
