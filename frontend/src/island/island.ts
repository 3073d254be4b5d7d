/** Puts the parts together and answers to the page. */
import { onChange, onLost } from "../display/engine";
import { slicesOf } from "../marks/places";
import type { Action, Drawn, Events, Study, Viewer, ViewState } from "../types";
import { actionsOf, type Doable, type Parts } from "./actions";
import { Cine } from "./cine";
import { Crosshair, HOW } from "./crosshair";
import { Desk, newId } from "./desk";
import { make } from "./dom";
import { Drawing } from "./drawing";
import { spelled } from "./keys";
import { Lost } from "./lost";
import { Mpr } from "./mpr";
import { list, slider } from "./panels";
import { Pointing } from "./pointing";
import { prefetch } from "./prefetching";
import { MINE } from "../marks/layers";
import { span } from "./sketching";
import { picture } from "./snapshot";
import { Stage } from "./stage";
import { strip } from "./strip";
import { brushes, toolbar, type Panel } from "./toolbar";

export class Island implements Viewer {
  private desk: Desk;
  private stage: Stage;
  private drawing: Drawing;
  private cine: Cine;
  private mpr: Mpr;
  private crosshair: Crosshair;
  private lost: Lost;
  private known: Doable[];
  private panels: Panel[];
  private root = make("div", { class: "viewer" });
  private said = make("p", { class: "viewer-said", role: "status" });
  private stops: (() => void)[] = [];
  private waits = false;

  constructor(
    private element: HTMLElement,
    private study: Study,
  ) {
    this.desk = new Desk(study);
    this.stage = new Stage(this.desk);
    this.drawing = new Drawing(this.desk, () => this.choose(null));
    this.cine = new Cine(this.stage, () => this.update());
    this.mpr = new Mpr(this.desk, this.stage);
    this.crosshair = new Crosshair(this.desk, this.drawing, (sentence) => (this.said.textContent = sentence));
    this.lost = new Lost(this.desk, this.stage, this.mpr, (lost) => this.losing(lost));
    const parts = this.parts();
    this.known = actionsOf(parts);
    this.panels = [
      toolbar(parts, this.known, (one) => this.keyOf(one)),
      strip(parts),
      slider(parts),
      list(parts),
      brushes(parts),
    ];
    this.connect();
    const [bar, series, slices, marks, brush] = this.panels.map((panel) => panel.element) as HTMLElement[];
    const side = make("div", { class: "viewer-side" }, series!, brush!, marks!);
    this.root.append(
      bar!,
      make(
        "div",
        { class: "viewer-body" },
        side,
        make("div", { class: "viewer-main" }, this.lost.element, this.stage.element, this.mpr.element, slices!),
      ),
      this.said,
    );
  }

  /** Fails with an Error that has a `sentence` where no image at all can be shown. */
  async begin(): Promise<void> {
    delete this.element.dataset.ready;
    this.element.replaceChildren(this.root);
    const failures = await this.stage.hang(this.study.hanging);
    if (failures.length && !this.stage.cells.some((cell) => cell.pane.filled)) {
      this.close();
      const error = failures[0] instanceof Error ? failures[0] : new Error(String(failures[0]));
      throw Object.assign(error, { sentence: error.message });
    }
    failures.forEach((error) => this.desk.failed(error));
    const frame = this.stage.current.pane.frame;
    if (this.stage.current.pane.filled && frame) {
      this.element.dataset.ready = "true";
      this.desk.events.tell("ready", { study: frame.study, series: frame.series, sop: frame.sop, frame: frame.number });
    }
  }

  export(): Drawn[] {
    return structuredClone([...this.desk.store.own()]);
  }

  import(drawn: Drawn[]): void {
    this.desk.store.replace(drawn);
    if (this.desk.selected && !this.desk.store.find(this.desk.selected)) this.desk.choose(null);
    this.redraw();
  }

  on<Name extends keyof Events>(event: Name, handler: (value: Events[Name]) => void): () => void {
    return this.desk.events.on(event, handler);
  }

  select(id: string | null): void {
    const drawn = id ? this.desk.store.find(id) : undefined;
    this.desk.choose(drawn?.id ?? null);
    if (drawn && this.mpr.on) this.mpr.close();
    if (drawn) void this.bring(drawn).catch((error: unknown) => this.desk.failed(error));
  }

  remove(id: string): void {
    this.desk.store.remove(id);
  }

  draw(tool: string): void {
    this.choose(tool);
  }

  act(name: string): void {
    this.known.find((one) => one.name === name)?.run();
    this.update();
  }

  actions(): Action[] {
    return this.known.map((one) => ({ name: one.name, label: one.label, key: this.keyOf(one), group: one.group }));
  }

  state(): ViewState {
    const { rows, columns, active, cells } = this.stage;
    const { linked, mode, tool, rendering } = this.desk;
    return {
      rows,
      columns,
      active,
      cells: cells.map((cell) => cell.state()),
      tool: tool?.id ?? mode,
      linked,
      mpr: this.mpr.on,
      rendering,
    };
  }

  show(state: ViewState): void {
    this.desk.linked = state.linked;
    if (this.mpr.on) this.mpr.close();
    void this.stage.restore(state);
  }

  snapshot(): Promise<Blob> {
    return picture(this.stage.current);
  }

  prefetch(study: Study): void {
    prefetch(study);
  }

  close(): void {
    this.cine.stop();
    this.stops.forEach((stop) => stop());
    this.mpr.end();
    this.stage.close();
    this.desk.close();
    this.root.remove();
    for (const name of ["ready", "image", "tool", "marks", "selected"]) delete this.element.dataset[name];
  }

  private parts(): Parts {
    const { desk, stage, drawing, cine, mpr } = this;
    return { desk, stage, drawing, cine, mpr, choose: (tool) => this.choose(tool), select: (id) => this.select(id) };
  }

  private connect(): void {
    const pointing = new Pointing(this.desk, this.stage, this.drawing);
    this.stage.made = (cell) => pointing.listen(cell);
    this.stage.changed = () => this.update();
    this.desk.redraw = () => this.redraw();
    this.stops.push(onChange(() => this.desk.changedMode()));
    this.stops.push(onLost(() => this.lost.show()));
    this.root.addEventListener("pointerdown", () => this.crosshair.end(), { capture: true });
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Chooses a drawing tool, or none; a span is made at once, at the frame that is shown. */
  private choose(id: string | null): void {
    this.drawing.cancel();
    this.crosshair.end();
    if (id && this.mpr.on) this.mpr.close();
    const tool = this.study.readonly ? undefined : this.study.tools.find((one) => one.id === id);
    const { frames, index, frame } = this.stage.current.pane;
    this.desk.tool = tool && tool.kind !== "span" ? tool : null;
    if (this.desk.tool) this.said.textContent = `${this.desk.tool.label}: ${HOW}`;
    if (tool?.kind === "span" && frame) {
      const mark = span({ tool, frames, index });
      const drawn = { id: newId(), tool: tool.id, mark, layer: MINE, label: tool.label };
      this.desk.keep(drawn, mark);
      this.desk.choose(drawn.id);
    }
    this.update();
  }

  /** Goes to the slice on which a mark lies, in the cell where its series hangs, else in the active one. */
  private async bring(drawn: Drawn): Promise<void> {
    const { series } = drawn.mark.on;
    let cell = this.stage.cells.find((one) => one.series === series) ?? this.stage.current;
    if (series && cell.series !== series) await cell.hang({ series });
    cell = this.stage.cells.includes(cell) ? cell : this.stage.current;
    const slices = slicesOf(drawn.mark, cell.pane.frames);
    if (slices.length && !slices.includes(cell.pane.index)) await cell.go(slices[slices.length >> 1]!);
    this.stage.activate(cell);
  }

  private keyOf(action: Doable): string {
    return this.study.hanging.keys?.[action.name] ?? action.key;
  }

  /** Keys while the focus is inside; what is handled here goes no further, so that no key does two things. */
  private pressed(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    const key = spelled(event);
    const cell = this.stage.cells.find((one) => one.element === event.target);
    if (this.lost.on) return;
    if (cell && this.crosshair.press(cell, key)) return this.handled(event);
    const pressing = event.target instanceof HTMLButtonElement && ["Space", "Enter"].includes(key);
    const action = this.known.find((one) => key !== "" && this.keyOf(one) === key);
    if (!action || typing || pressing || event.defaultPrevented) return;
    action.run();
    this.handled(event);
  }

  private handled(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    this.update();
  }

  private losing(lost: boolean): void {
    this.cine.stop();
    this.choose(null);
    if (lost) delete this.element.dataset.ready;
    else this.element.dataset.ready = "true";
  }

  private redraw(): void {
    this.stage.draw();
    this.update();
  }

  /** Once for whatever changed in this turn. */
  private update(): void {
    if (this.waits) return;
    this.waits = true;
    queueMicrotask(() => {
      this.waits = false;
      if (!this.root.isConnected || !this.stage.cells.length) return;
      this.panels.forEach((panel) => panel.update());
      this.mpr.update();
      const { pane } = this.stage.current;
      const { dataset } = this.element;
      dataset.image = `${pane.frames.length ? pane.index + 1 : 0}/${pane.frames.length}`;
      dataset.tool = this.desk.tool?.id ?? this.desk.mode;
      dataset.marks = String(this.desk.store.own().length);
      dataset.selected = this.desk.selected ?? "";
      this.root.dataset.tool = this.desk.tool?.kind ?? this.desk.mode;
      this.desk.events.tell("state", this.state());
    });
  }
}
