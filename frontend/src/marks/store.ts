/** All marks of a case by layer; what changes in one's own can be undone. */
import type { Drawn } from "../types";
import { MINE } from "./layers";

export interface Changes {
  drawn: Drawn[];
  changed: Drawn[];
  removed: string[];
}

export class Store {
  private mine: readonly Drawn[] = [];
  private others: readonly Drawn[] = [];
  private past: (readonly Drawn[])[] = [];
  private future: (readonly Drawn[])[] = [];

  constructor(private told: (changes: Changes) => void) {}

  /** Every mark, the own ones last, so that they lie above. */
  all(): Drawn[] {
    return [...this.others, ...this.mine];
  }

  own(): readonly Drawn[] {
    return this.mine;
  }

  find(id: string): Drawn | undefined {
    return this.all().find((one) => one.id === id);
  }

  /** Whether a person may change it. */
  isOpen(id: string): boolean {
    return this.mine.some((one) => one.id === id && !one.locked);
  }

  /** Replaces the layers that are named, and tells nothing. Other own marks than before can be had back. */
  replace(drawn: Drawn[]): void {
    const layers = new Set(drawn.map((one) => one.layer));
    const given = structuredClone(drawn);
    if (layers.has(MINE)) {
      if (this.mine.length || this.past.length) this.past.push(this.mine);
      this.mine = given.filter((one) => one.layer === MINE);
      this.future = [];
    }
    const kept = this.others.filter((one) => !layers.has(one.layer));
    this.others = [...kept, ...given.filter((one) => one.layer !== MINE)];
  }

  /** Draws a new mark or changes one; what it was can be had back. */
  put(drawn: Drawn): void {
    const at = this.mine.findIndex((one) => one.id === drawn.id);
    this.set(at < 0 ? [...this.mine, drawn] : this.mine.with(at, drawn));
  }

  remove(id: string): void {
    if (this.isOpen(id)) this.set(this.mine.filter((one) => one.id !== id));
  }

  undo(): boolean {
    return this.back(this.past, this.future);
  }

  redo(): boolean {
    return this.back(this.future, this.past);
  }

  private back(from: (readonly Drawn[])[], to: (readonly Drawn[])[]): boolean {
    const wanted = from.pop();
    if (!wanted) return false;
    to.push(this.mine);
    this.become(wanted);
    return true;
  }

  private set(mine: readonly Drawn[]): void {
    this.past.push(this.mine);
    this.future = [];
    this.become(mine);
  }

  private become(mine: readonly Drawn[]): void {
    const before = new Map(this.mine.map((one) => [one.id, one]));
    const after = new Set(mine.map((one) => one.id));
    const removed = this.mine.filter((one) => !after.has(one.id)).map((one) => one.id);
    this.mine = mine;
    this.told({
      drawn: mine.filter((one) => !before.has(one.id)),
      changed: mine.filter((one) => before.has(one.id) && before.get(one.id) !== one),
      removed,
    });
  }
}
