/** Everything that a toolbar button or a key does, each by its name. */
import { presetNamed } from "../display/windows";
import { frameNumber, withEnd } from "../marks/places";
import type { Action } from "../types";
import type { Cine } from "./cine";
import { MODES, type Desk, type Mode } from "./desk";
import type { Drawing } from "./drawing";
import type { Stage } from "./stage";

export interface Doable extends Action {
  /** What stands on the button; without it there is none. */
  short?: string;
  run(): void;
  /** Whether it is on, for what can be on. */
  on?(): boolean;
}

export interface Parts {
  desk: Desk;
  stage: Stage;
  drawing: Drawing;
  cine: Cine;
  mpr: { readonly on: boolean; toggle(): void };
  choose(tool: string | null): void;
  select(id: string | null): void;
}

const MODE_LABELS: Record<Mode, [string, string, string]> = {
  wl: ["W/L", "Window and level by dragging", "w"],
  zoom: ["Zoom", "Zoom by dragging", "z"],
  pan: ["Pan", "Move the picture by dragging", "p"],
  scroll: ["Scroll", "Go through the slices by dragging", "s"],
  probe: ["Probe", "Read the value under the mouse", "q"],
};
export const LAYOUTS: [number, number][] = [[1, 1], [1, 2], [2, 2]];

/** All actions of a case, in the order in which they are shown. */
export function actionsOf(parts: Parts): Doable[] {
  return [...modes(parts), ...slices(parts), ...looks(parts), ...layouts(parts), ...marks(parts), ...tools(parts)];
}

function modes({ desk, choose }: Parts): Doable[] {
  return MODES.map((mode) => {
    const [short, label, key] = MODE_LABELS[mode];
    const run = () => {
      desk.mode = mode;
      choose(null);
    };
    return { name: mode, short, label, key, group: "Mouse", run, on: () => desk.tool === null && desk.mode === mode };
  });
}

function slices({ stage, cine }: Parts): Doable[] {
  const group = "Slices";
  const by = (step: number) => () => stage.scroll(stage.current, step);
  const to = (end: () => number) => () => void stage.current.go(end());
  return [
    { name: "next-image", label: "Next slice", key: "PageDown", group, run: by(1) },
    { name: "previous-image", label: "Previous slice", key: "PageUp", group, run: by(-1) },
    { name: "forward", label: "Ten slices on", key: "Shift+PageDown", group, run: by(10) },
    { name: "backward", label: "Ten slices back", key: "Shift+PageUp", group, run: by(-10) },
    { name: "first-image", label: "First slice", key: "Home", group, run: to(() => 0) },
    { name: "last-image", label: "Last slice", key: "End", group, run: to(() => stage.current.pane.frames.length - 1) },
    { name: "play", short: "Play", label: "Play or stop the film", key: "Space", group, run: () => cine.toggle(), on: () => cine.playing },
  ];
}

function looks({ stage }: Parts): Doable[] {
  const group = "Picture";
  const pane = () => stage.current.pane;
  const zoom = (factor: number) => () => pane().filled && pane().zoomTo(pane().zoom * factor);
  const presets: Doable[] = Array.from({ length: 9 }, (_, at) => ({
    name: `preset-${at + 1}`, label: `Window preset ${at + 1}`, key: `Alt+${at + 1}`, group, run: () => preset(stage, `preset-${at + 1}`),
  }));
  return [
    { name: "invert", short: "Invert", label: "Turn black and white round", key: "v", group, run: () => pane().invert(!pane().inverted), on: () => pane().inverted },
    { name: "mirror", short: "Mirror", label: "Mirror left and right", key: "h", group, run: () => pane().mirror(!pane().mirrored), on: () => pane().mirrored },
    { name: "fit", short: "Fit", label: "As large as it fits", key: "f", group, run: () => pane().fit() },
    { name: "reset", short: "Reset", label: "Window, place and size as at the beginning", key: "r", group, run: () => stage.current.reset() },
    { name: "zoom-in", label: "Larger", key: "+", group, run: zoom(1.25) },
    { name: "zoom-out", label: "Smaller", key: "-", group, run: zoom(0.8) },
    ...presets,
  ];
}

/** Applies a preset by name to the active cell; nothing where the modality has none such. */
export function preset(stage: Stage, name: string): void {
  const cell = stage.current;
  const found = presetNamed(cell.pane.frame?.modality ?? "", name);
  if (found && cell.pane.filled) cell.preset(found);
}

function layouts({ desk, stage, mpr }: Parts): Doable[] {
  const group = "Layout";
  const step = (by: number) => () => {
    const { cells, active } = stage;
    cells[(active + by + cells.length) % cells.length]!.element.focus();
  };
  const laid: Doable[] = LAYOUTS.map(([rows, columns], at) => ({
    name: `layout-${rows}x${columns}`, label: `${rows} × ${columns} cells`, key: `Shift+${at + 1}`, group, run: () => void stage.lay(rows, columns),
  }));
  const link = () => {
    desk.linked = !desk.linked;
    stage.changed();
  };
  const series = (by: number) => () => {
    const all = desk.study.series;
    const at = all.findIndex((one) => one.uid === stage.current.series);
    const next = all[(at + by + all.length) % all.length];
    if (next) void stage.open(next.uid);
  };
  return [
    ...laid,
    { name: "next-cell", label: "Next cell", key: "c", group, run: step(1) },
    { name: "previous-cell", label: "Previous cell", key: "x", group, run: step(-1) },
    { name: "next-series", label: "Next series in this cell", key: ".", group, run: series(1) },
    { name: "previous-series", label: "Previous series in this cell", key: ",", group, run: series(-1) },
    { name: "link", short: "Link", label: "All cells scroll together", key: "l", group, run: link, on: () => desk.linked },
    { name: "mpr", short: "MPR", label: "Three planes through the volume", key: "m", group, run: () => mpr.toggle(), on: () => mpr.on },
  ];
}

function marks({ desk, stage, drawing, choose, select }: Parts): Doable[] {
  const group = "Marks";
  const step = (by: number) => () => {
    const all = desk.store.all();
    const at = all.findIndex((one) => one.id === desk.selected);
    if (all.length) select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]!.id);
  };
  const cancel = () => {
    if (!drawing.cancel()) choose(null);
  };
  const brush = (by: number) => () => {
    desk.brush.radius = Math.max(0.5, Math.min(200, desk.brush.radius + by));
    stage.changed();
  };
  const erase = () => {
    desk.brush.erase = !desk.brush.erase;
    stage.changed();
  };
  return [
    { name: "undo", short: "Undo", label: "Take the last change of a mark back", key: "Ctrl+z", group, run: () => void desk.store.undo() },
    { name: "redo", short: "Redo", label: "Do it again", key: "Ctrl+y", group, run: () => void desk.store.redo() },
    { name: "next-mark", label: "Next mark", key: "t", group, run: step(1) },
    { name: "previous-mark", label: "Previous mark", key: "Shift+t", group, run: step(-1) },
    { name: "remove-mark", label: "Remove the selected mark", key: "Delete", group, run: () => desk.selected && !desk.study.readonly && desk.store.remove(desk.selected) },
    { name: "first-slice", label: "The selected mark begins here", key: "[", group, run: () => extend(desk, stage, "first") },
    { name: "last-slice", label: "The selected mark ends here", key: "]", group, run: () => extend(desk, stage, "last") },
    { name: "finish", label: "Close the outline", key: "Enter", group, run: () => void drawing.finish() },
    { name: "cancel", label: "Stop drawing", key: "Escape", group, run: cancel },
    { name: "erase", label: "The brush erases", key: "e", group, run: erase, on: () => desk.brush.erase },
    { name: "brush-smaller", label: "Smaller brush", key: ";", group, run: brush(-1) },
    { name: "brush-larger", label: "Larger brush", key: "'", group, run: brush(1) },
  ];
}

/** A box through slices, or a span of frames, from or to what is shown. */
export function extend(desk: Desk, stage: Stage, end: "first" | "last"): void {
  const drawn = desk.selected ? desk.store.find(desk.selected) : undefined;
  const { frames, index } = stage.current.pane;
  if (!drawn || !desk.store.isOpen(drawn.id) || desk.study.readonly || drawn.mark.on.series !== frames[0]?.series) return;
  const { mark } = drawn;
  if (mark.kind === "span") desk.keep(drawn, { ...mark, frames: withEnd(mark.frames, end, frameNumber(mark.on, frames, index)) });
  if (mark.kind === "box" && mark.on.slices) {
    desk.keep(drawn, { ...mark, on: { ...mark.on, slices: withEnd(mark.on.slices, end, index) } });
  }
}

function tools({ desk, choose }: Parts): Doable[] {
  if (desk.study.readonly) return [];
  return desk.study.tools.map((tool, at) => ({
    name: `draw-${tool.id}`, short: tool.label, label: `Draw: ${tool.label} (${tool.kind})`,
    key: at < 9 ? `Alt+Shift+${at + 1}` : "", group: "Draw",
    run: () => choose(tool.id), on: () => desk.tool?.id === tool.id,
  }));
}
