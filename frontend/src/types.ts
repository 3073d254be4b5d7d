/** What the viewer island takes and gives: the only words that the page and the island share. */

/** Whole thousandths of a pixel, [x, y] = [column, row]; [0, 0] is the outer corner of the first pixel. */
export type Point = [number, number];

/** Both included. */
export type Range = [number, number];

/** Where a mark lies, with the UIDs as they were served. */
export interface On {
  series?: string;
  sop?: string;
  /** From 1, in its file. */
  frame?: number;
  /** From 0, in the order in which the slices lie. */
  slices?: Range;
}

export type MarkKind = "point" | "length" | "box" | "ellipse" | "polygon" | "mask" | "span";

export interface PointMark {
  kind: "point";
  on: On;
  at: Point;
}
export interface LengthMark {
  kind: "length";
  on: On;
  from: Point;
  to: Point;
}
export interface BoxMark {
  kind: "box";
  on: On;
  min: Point;
  max: Point;
}
export interface EllipseMark {
  kind: "ellipse";
  on: On;
  center: Point;
  radii: [number, number];
  /** Thousandths of a degree, 0 to 179999, from the x axis towards the y axis. */
  angle_mdeg: number;
}
export interface PolygonMark {
  kind: "polygon";
  on: On;
  points: Point[];
  holes?: Point[][];
}
export interface MaskSlice {
  slice: number;
  /** [start, length, start, length, …] counted along the rows. */
  runs: number[];
}
export interface MaskMark {
  kind: "mask";
  on: On;
  rows: number;
  columns: number;
  slices: MaskSlice[];
}
export interface SpanMark {
  kind: "span";
  on: On;
  /** From 1. */
  frames: Range;
}
/** A mark as docs/label-schema.md has it; whole numbers only. */
export type Mark = PointMark | LengthMark | BoxMark | EllipseMark | PolygonMark | MaskMark | SpanMark;

/** How the pixels were drawn when a mark was made. */
export interface Rendering {
  mode: "cpu" | "webgl";
  engine: string;
}

/** A mark with whose it is. Layers: "mine" can be edited, all others are locked. */
export interface Drawn {
  id: string;
  /** The `id` of its tool. */
  tool: string;
  mark: Mark;
  layer: string;
  locked?: boolean;
  label?: string;
  rendering?: Rendering;
}

/** A drawing tool that the label schema allows. */
export interface Tool {
  /** Type of finding or key of a field. */
  id: string;
  kind: MarkKind;
  /** A box through slices. */
  slices: boolean;
  holes?: boolean;
  label: string;
  /** Index into COLOURS. */
  colour: number;
}

export interface StudyRef {
  uid: string;
  role: "current" | "prior";
  label: string;
}

export interface SeriesRef {
  study: string;
  uid: string;
  modality: string;
  number: number | null;
  description: string;
  images: number;
  laterality?: string;
  view?: string;
}

export interface Cell {
  /** Null leaves the cell empty. */
  series: string | null;
  /** The image to begin with, where a series holds single images; else its first. */
  sop?: string;
  /** Name of a window preset, such as "lung". */
  preset?: string;
  /** Shown as in a mirror: the left breast beside the right one. */
  mirrored?: boolean;
  /** Cells of one link scroll together. */
  link?: string;
}

export interface Hanging {
  rows: number;
  columns: number;
  cells: Cell[];
  /** Keys that a person chose: name of an action to key. */
  keys?: Record<string, string>;
  /** Window presets that a person chose, by modality: with them a series opens. */
  presets?: Record<string, string>;
  /** How the case hangs without any choice of theirs, with its series in their order; left out where it is the same. */
  usual?: Pick<Hanging, "rows" | "columns" | "cells"> & { series: string[] };
}

/** How a person wants cases of this kind to hang from now on. */
export type Choice =
  | { what: "preset"; modality: string; name: string }
  | { what: "order"; series: string[] }
  | { what: "usual"; rows: number; columns: number };

export interface Study {
  /** Where the images are asked for, such as "/api/v1/dicomweb/tasks/<id>". */
  root: string;
  studies: StudyRef[];
  series: SeriesRef[];
  hanging: Hanging;
  tools: Tool[];
  readonly?: boolean;
  /** How the pixels must be drawn; without it WebGL where there is any. Settled once per page. */
  rendering?: "cpu" | "webgl";
}

/** What a toolbar button or a key does. */
export interface Action {
  name: string;
  label: string;
  key: string;
  group: string;
}

export interface CellState {
  series: string | null;
  /** From 0, in the order in which the slices lie. */
  slice: number;
  window: { centre: number; width: number } | null;
  inverted: boolean;
  mirrored: boolean;
  /** 1: as large as it fits. */
  zoom: number;
  /** The spot of the picture in the middle of the cell, in pixels. */
  centre: [number, number] | null;
  link?: string;
}

/** What is remembered of how a case is looked at, and what Raise issue sends. */
export interface ViewState {
  rows: number;
  columns: number;
  active: number;
  cells: CellState[];
  tool: string;
  linked: boolean;
  mpr: boolean;
  rendering: Rendering;
}

export interface Viewed {
  study: string;
  series: string;
  sop: string;
  /** From 1, in its file. */
  frame: number;
}

/** Something that isn't done; the sentence says what to do next. */
export interface Refusal {
  code: string;
  sentence: string;
}

export interface Events {
  ready: Viewed;
  drawn: Drawn;
  changed: Drawn;
  removed: string;
  selected: string | null;
  viewed: Viewed;
  state: ViewState;
  chose: Choice;
  refused: Refusal;
}

export interface Viewer {
  /** The layer "mine"; marks that were not edited are as they came. */
  export(): Drawn[];
  /** Replaces the layers that it names. */
  import(drawn: Drawn[]): void;
  on<Name extends keyof Events>(event: Name, handler: (value: Events[Name]) => void): () => void;
  /** Shows the mark's slice, and the mark as selected. */
  select(id: string | null): void;
  remove(id: string): void;
  /** Chooses the drawing tool for the next mark. */
  draw(tool: string): void;
  act(name: string): void;
  actions(): Action[];
  state(): ViewState;
  show(state: ViewState): void;
  /** A PNG of the active cell with its marks. */
  snapshot(): Promise<Blob>;
  /** Fetches another case's frames into the browser's cache. */
  prefetch(study: Study): void;
  close(): void;
}
