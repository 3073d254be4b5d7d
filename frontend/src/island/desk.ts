/** What all parts of the island share: the case, its pictures and marks, what is selected, what is told. */
import { headersOf } from "../dicom/asking";
import type { Frame } from "../dicom/frames";
import { ordered } from "../dicom/order";
import { Pictures } from "../dicom/pictures";
import { now, settle } from "../display/engine";
import { Store } from "../marks/store";
import type { Drawn, Events, Mark, Rendering, SeriesRef, Study, Tool } from "../types";
import { Emitter } from "./emitter";

/** What the left button does on a picture where nothing is being drawn. */
export type Mode = "wl" | "zoom" | "pan" | "scroll" | "probe";
export const MODES: Mode[] = ["wl", "zoom", "pan", "scroll", "probe"];

export class Desk {
  readonly events = new Emitter<Events>();
  readonly pictures: Pictures;
  readonly rendering: Rendering;
  readonly store: Store;
  selected: string | null = null;
  mode: Mode = "wl";
  tool: Tool | null = null;
  /** Radius in pixels of the picture. */
  brush = { radius: 6, erase: false };
  linked = false;
  /** Names of presets by modality: with them series open from now on. */
  presets: Record<string, string>;
  /** The series in the order in which the person has them. */
  order: string[];
  /** Set by who draws: shows everything anew. */
  redraw: () => void = () => undefined;
  private series = new Map<string, Promise<Frame[]>>();
  private stop = new AbortController();

  constructor(readonly study: Study) {
    this.rendering = settle(study.rendering);
    this.presets = { ...study.hanging.presets };
    this.order = study.series.map((one) => one.uid);
    this.pictures = new Pictures(study.root);
    this.store = new Store((changes) => {
      changes.removed.forEach((id) => this.gone(id));
      changes.drawn.forEach((one) => this.events.tell("drawn", structuredClone(one)));
      changes.changed.forEach((one) => this.events.tell("changed", structuredClone(one)));
      this.redraw();
    });
  }

  about(uid: string | null | undefined): SeriesRef | undefined {
    return this.study.series.find((one) => one.uid === uid);
  }

  /** The frames of a series in the order in which they lie; asked for once. */
  frames(uid: string): Promise<Frame[]> {
    const series = this.about(uid);
    if (!series) return Promise.resolve([]);
    const before = this.series.get(uid);
    if (before) return before;
    const found = headersOf(this.study.root, series.study, uid, this.stop.signal).then((headers) =>
      ordered(headers, series.study, uid),
    );
    this.series.set(uid, found);
    found.catch(() => this.series.delete(uid));
    return found;
  }

  toolOf(drawn: Drawn): Tool | undefined {
    return this.study.tools.find((tool) => tool.id === drawn.tool);
  }

  /** Keeps a new mark, or a changed one; refused where pixels are not drawn as was asked for or as they were. */
  keep(drawn: Omit<Drawn, "rendering">, mark: Mark): void {
    if (now() !== (this.study.rendering ?? this.rendering.mode)) return this.changedMode();
    this.store.put({ ...drawn, mark, rendering: this.rendering });
  }

  changedMode(): void {
    const sentence =
      "The browser draws images in another way than this case is read in, so marks might lie elsewhere: load the page again.";
    this.refuse("rendering_changed", sentence);
  }

  refuse(code: string, sentence: string): void {
    this.events.tell("refused", { code, sentence });
  }

  /** Tells of what went wrong, unless the page is being left. */
  failed(error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") return;
    const code = error instanceof Error && "code" in error ? String(error.code) : "images_unavailable";
    this.refuse(code, error instanceof Error ? error.message : String(error));
  }

  choose(id: string | null): void {
    if (this.selected === id) return;
    this.selected = id;
    this.events.tell("selected", id);
    this.redraw();
  }

  close(): void {
    this.stop.abort();
    this.pictures.close();
    this.events.clear();
  }

  private gone(id: string): void {
    this.events.tell("removed", id);
    if (this.selected === id) this.choose(null);
  }
}

/** A name for a new mark. */
export function newId(): string {
  const [a, b] = crypto.getRandomValues(new Uint32Array(2));
  return `v${a!.toString(36)}${b!.toString(36)}`;
}
