/** Everything that a toolbar button or a key does, each by its name. */
import { presetNamed } from "../display/windows";
import type { Action } from "../types";
import { layouts } from "./arranging";
import type { Cine } from "./cine";
import { MODES, type Desk, type Mode } from "./desk";
import type { Drawing } from "./drawing";
import { marks, tools } from "./marking";
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

/** All actions of a case, in the order in which they are shown. */
export function actionsOf(parts: Parts): Doable[] {
  const laid = layouts(parts).map((one) => (one.name === "mpr" ? one : leaving(parts, one)));
  return [...modes(parts), ...slices(parts), ...looks(parts), ...laid, ...marks(parts), ...tools(parts)];
}

/** Another layout is seen only in front of the planes. */
function leaving({ mpr }: Parts, action: Doable): Doable {
  const run = () => {
    if (mpr.on) mpr.toggle();
    action.run();
  };
  return { ...action, run };
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
    {
      name: "play",
      short: "Play",
      label: "Play or stop the film",
      key: "Space",
      group,
      run: () => cine.toggle(),
      on: () => cine.playing,
    },
  ];
}

function looks({ desk, stage }: Parts): Doable[] {
  const group = "Picture";
  const pane = () => stage.current.pane;
  const zoom = (factor: number) => () => pane().filled && pane().zoomTo(pane().zoom * factor);
  const presets: Doable[] = Array.from({ length: 9 }, (_, at) => ({
    name: `preset-${at + 1}`,
    label: `Window preset ${at + 1}`,
    key: `Alt+${at + 1}`,
    group,
    run: () => preset({ desk, stage }, `preset-${at + 1}`),
  }));
  return [
    {
      name: "invert",
      short: "Invert",
      label: "Turn black and white round",
      key: "v",
      group,
      run: () => pane().invert(!pane().inverted),
      on: () => pane().inverted,
    },
    {
      name: "mirror",
      short: "Mirror",
      label: "Mirror left and right",
      key: "h",
      group,
      run: () => pane().mirror(!pane().mirrored),
      on: () => pane().mirrored,
    },
    { name: "fit", short: "Fit", label: "As large as it fits", key: "f", group, run: () => pane().fit() },
    {
      name: "reset",
      short: "Reset",
      label: "Window, place and size as at the beginning",
      key: "r",
      group,
      run: () => stage.current.reset(),
    },
    { name: "zoom-in", label: "Larger", key: "+", group, run: zoom(1.25) },
    { name: "zoom-out", label: "Smaller", key: "-", group, run: zoom(0.8) },
    ...presets,
  ];
}

/** Applies a preset by name to the active cell, and to what opens next; nothing where the modality has none such. */
export function preset({ desk, stage }: Pick<Parts, "desk" | "stage">, name: string): void {
  const cell = stage.current;
  const modality = cell.pane.frame?.modality ?? "";
  const found = presetNamed(modality, name);
  if (!found || !cell.pane.filled) return;
  cell.preset(found);
  desk.presets[modality] = found.name;
  desk.events.tell("chose", { what: "preset", modality, name: found.name });
}
