/** The toolbar: buttons by groups, lists of windows and layouts, and the brush. */
import { presetsOf } from "../display/windows";
import { COLOURS } from "../marks/layers";
import { preset, type Doable, type Parts } from "./actions";
import { LAYOUTS } from "./arranging";
import { drawnAs, make, set } from "./dom";

/** A part of the island beside its pictures. */
export interface Panel {
  element: HTMLElement;
  update(): void;
}

/** Buttons by groups, and lists of presets and layouts. */
export function toolbar(parts: Parts, actions: Doable[], keyOf: (action: Doable) => string): Panel {
  const element = make("div", { class: "viewer-toolbar", role: "toolbar", "aria-label": "Viewer" });
  const shown = actions.filter((action) => action.short);
  const buttons = shown.map((action) => [action, button(action, keyOf(action), parts)] as const);
  for (const group of new Set(shown.map((action) => action.group))) {
    const own = buttons.filter(([action]) => action.group === group).map(([, one]) => one);
    const extra = group === "Picture" ? [windows] : group === "Layout" ? [layout] : [];
    element.append(make("div", { class: "viewer-group", role: "group", "aria-label": group }, ...own));
    extra.forEach((add) => element.lastElementChild!.append(add(parts)));
  }
  return {
    element,
    update: () => {
      for (const [action, one] of buttons) if (action.on) set(one, { "aria-pressed": String(action.on()) });
      offerWindows(element, parts);
      const now = element.querySelector<HTMLSelectElement>(".viewer-layouts");
      if (now) now.value = `${parts.stage.rows}x${parts.stage.columns}`;
    },
  };
}

function button(action: Doable, key: string, { desk, stage }: Parts): HTMLButtonElement {
  const named = action.short === action.label ? null : `${action.short}: ${action.label}`;
  const one = make("button", {
    type: "button",
    class: "viewer-button",
    "data-act": action.name,
    "aria-label": named,
    title: key ? `${action.label} (${key})` : action.label,
  });
  const tool = desk.study.tools.find((each) => action.name === `draw-${each.id}`);
  if (tool) one.append(swatch(COLOURS[tool.colour % COLOURS.length]!, ""));
  one.append(action.short!);
  one.addEventListener("click", (event) => {
    action.run();
    if (tool && event.detail === 0) stage.current.element.focus(); // chosen on the keyboard: the cross is moved there
  });
  return one;
}

/** A piece of line as a mark of this layer has it. */
export function swatch(colour: string, dashes: string): SVGSVGElement {
  const line = drawnAs("line", {
    x1: 0,
    y1: 5,
    x2: 22,
    y2: 5,
    stroke: colour,
    "stroke-width": 3,
    "stroke-dasharray": dashes || null,
  });
  return drawnAs("svg", { class: "viewer-swatch", width: 22, height: 10, "aria-hidden": "true" }, line);
}

function windows(parts: Parts): HTMLElement {
  const list = make("select", { class: "viewer-select viewer-windows", "aria-label": "Window preset" });
  list.addEventListener("change", () => {
    preset(parts, list.value);
    list.value = "";
  });
  return list;
}

function offerWindows(element: HTMLElement, { stage }: Parts): void {
  const list = element.querySelector<HTMLSelectElement>(".viewer-windows");
  const modality = stage.current?.pane.frame?.modality ?? "";
  if (!list || list.dataset.modality === modality) return;
  list.dataset.modality = modality;
  const offered = presetsOf(modality).map((one) => make("option", { value: one.name }, one.label));
  list.replaceChildren(make("option", { value: "" }, "Window …"), ...offered);
}

function layout({ stage }: Parts): HTMLElement {
  const offered = LAYOUTS.map(([rows, columns]) =>
    make("option", { value: `${rows}x${columns}` }, `${rows} × ${columns}`),
  );
  const list = make(
    "select",
    { class: "viewer-select viewer-layouts", "aria-label": "Layout, rows and columns" },
    ...offered,
  );
  list.addEventListener("change", () => {
    const [rows, columns] = list.value.split("x").map(Number) as [number, number];
    void stage.lay(rows, columns);
  });
  return list;
}

/** Size of the brush, and whether it erases; there while a mask is painted. */
export function brushes({ desk, stage }: Parts): Panel {
  const size = make("input", {
    type: "range",
    min: 0.5,
    max: 60,
    step: 0.5,
    class: "viewer-range",
    "aria-label": "Radius of the brush in pixels",
  });
  const erase = make("button", { type: "button", class: "viewer-button", "data-act": "erase" }, "Erase");
  size.addEventListener("input", () => {
    desk.brush.radius = Number(size.value);
    stage.changed();
  });
  erase.addEventListener("click", () => {
    desk.brush.erase = !desk.brush.erase;
    stage.changed();
  });
  const element = make(
    "div",
    { class: "viewer-group", role: "group", "aria-label": "Brush", hidden: true },
    size,
    erase,
  );
  return {
    element,
    update: () => {
      element.hidden = desk.tool?.kind !== "mask";
      size.value = String(desk.brush.radius);
      set(erase, { "aria-pressed": String(desk.brush.erase) });
    },
  };
}
