/** The grid of cells: which series hangs where, which cell is active, and which scroll together. */
import type { RenderingEngine } from "@cornerstonejs/core";

import { nearest } from "../dicom/linking";
import { endEngine, newEngine } from "../display/engine";
import type { Hanging, ViewState } from "../types";
import { Cell } from "./cell";
import type { Desk } from "./desk";
import { make } from "./dom";

export class Stage {
  readonly element = make("div", { class: "viewer-stage" });
  cells: Cell[] = [];
  rows = 1;
  columns = 1;
  active = 0;
  /** Called for each new cell, and whenever what is shown changes. */
  made: (cell: Cell) => void = () => undefined;
  changed: () => void = () => undefined;
  private engine: RenderingEngine = newEngine();
  private following = false;
  private sized = new ResizeObserver(() => this.resize());

  constructor(private desk: Desk) {
    this.sized.observe(this.element);
  }

  get current(): Cell {
    return this.cells[this.active] ?? this.cells[0]!;
  }

  /** Returns why cells stayed empty that shouldn't. */
  async hang({ rows, columns, cells }: Pick<Hanging, "rows" | "columns" | "cells">): Promise<unknown[]> {
    this.arrange(rows, columns);
    const settled = await Promise.allSettled(this.cells.map((cell, at) => cell.hang(cells[at] ?? { series: null })));
    this.changed();
    return settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  }

  /** Another number of cells: those that stay keep their series, new ones take what hangs nowhere yet. */
  async lay(rows: number, columns: number): Promise<void> {
    const before = this.cells.map((cell) => cell.state());
    const rest = this.desk.order.filter((uid) => !before.some((cell) => cell.series === uid));
    this.arrange(rows, columns);
    for (const [at, cell] of this.cells.entries()) {
      const next = before[at] ? null : (rest.shift() ?? null);
      if (next) await cell.hang({ series: next }).catch((error: unknown) => this.desk.failed(error));
    }
    this.changed();
  }

  activate(cell: Cell): void {
    this.active = this.cells.indexOf(cell);
    this.cells.forEach((one) => one.element.toggleAttribute("data-active", one === cell));
    this.changed();
  }

  scroll(cell: Cell, by: number): void {
    void cell.go(cell.pane.index + by);
  }

  /** Shows a series in the active cell. */
  async open(series: string): Promise<void> {
    await this.current.hang({ series }).catch((error: unknown) => this.desk.failed(error));
    this.changed();
  }

  draw(): void {
    this.cells.forEach((cell) => cell.draw());
  }

  async restore(state: Pick<ViewState, "rows" | "columns" | "active" | "cells">): Promise<void> {
    this.arrange(state.rows, state.columns);
    await Promise.allSettled(
      this.cells.map((cell, at) => (state.cells[at] ? cell.restore(state.cells[at]) : undefined)),
    );
    this.activate(this.cells[state.active] ?? this.cells[0]!);
  }

  /** All pictures on another engine, as they were; false where none could be shown. */
  async renew(): Promise<boolean> {
    const { rows, columns, active } = this;
    const cells = this.cells.map((cell) => cell.state());
    const before = this.cells;
    this.cells = [];
    before.forEach((cell) => cell.drop());
    endEngine(this.engine);
    this.engine = newEngine();
    await this.restore({ rows, columns, active, cells });
    return this.cells.some((cell) => cell.pane.filled);
  }

  close(): void {
    this.sized.disconnect();
    this.cells.forEach((cell) => cell.close());
    endEngine(this.engine);
  }

  private arrange(rows: number, columns: number): void {
    [this.rows, this.columns] = [Math.max(1, rows), Math.max(1, columns)];
    this.element.style.gridTemplate = `repeat(${this.rows}, minmax(0, 1fr)) / repeat(${this.columns}, minmax(0, 1fr))`;
    while (this.cells.length > this.rows * this.columns) this.cells.pop()!.close();
    while (this.cells.length < this.rows * this.columns) this.add();
    this.resize();
    this.activate(this.cells[Math.min(this.active, this.cells.length - 1)]!);
  }

  private add(): void {
    const cell = new Cell(this.desk, this.engine, this.cells.length, this.element);
    cell.moved = () => this.follow(cell);
    this.cells.push(cell);
    this.made(cell);
  }

  /** The others go where this one went: to the slice at its place, or by as many slices. */
  private follow(cell: Cell): void {
    this.viewed(cell);
    const frame = cell.pane.frame;
    if (this.following || !frame) return;
    this.following = true;
    const others = this.cells.filter((one) => one !== cell && one.pane.filled && this.together(cell, one));
    const moves = others.map((one) => one.go(nearest(frame, one.pane.frames) ?? cell.pane.index));
    void Promise.allSettled(moves).then(() => (this.following = false));
  }

  private together(a: Cell, b: Cell): boolean {
    return this.desk.linked || (a.link !== undefined && a.link === b.link);
  }

  private viewed(cell: Cell): void {
    const frame = cell.pane.frame;
    if (frame)
      this.desk.events.tell("viewed", {
        study: frame.study,
        series: frame.series,
        sop: frame.sop,
        frame: frame.number,
      });
    this.changed();
  }

  private resize(): void {
    if (!this.cells.length) return;
    const views = this.cells.map((cell) =>
      cell.pane.filled ? { zoom: cell.pane.zoom, centre: cell.pane.centre } : null,
    );
    this.cells.forEach((cell) => cell.measure());
    this.engine.resize(true, false);
    this.cells.forEach((cell, at) => views[at] && cell.pane.refit(views[at].zoom, views[at].centre));
  }
}
