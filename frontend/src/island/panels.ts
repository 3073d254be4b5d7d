/** What stands around the pictures: the slices, and the list of marks. */
import { lookOf, MINE } from "../marks/layers";
import { measure } from "../marks/measures";
import { slicesOf } from "../marks/places";
import type { Drawn } from "../types";
import type { Parts } from "./actions";
import { make, set } from "./dom";
import { spans } from "./spans";
import { swatch, type Panel } from "./toolbar";

/** Where in the series the active cell is. */
export function slider(parts: Parts): Panel {
  const { stage, cine, mpr } = parts;
  const range = make("input", { type: "range", min: 1, step: 1, class: "viewer-range", "aria-label": "Slice" });
  const speeds = [["", "Speed of the file"], ...[5, 10, 15, 24, 30].map((rate) => [String(rate), `${rate} a second`])];
  const speed = make(
    "select",
    { class: "viewer-select", "aria-label": "Speed of the film" },
    ...speeds.map(([value, label]) => make("option", { value }, label!)),
  );
  range.addEventListener("input", () => void stage.current.go(Number(range.value) - 1));
  speed.addEventListener("change", () => (cine.rate = Number(speed.value) || null));
  const bars = spans(parts);
  const track = make("div", { class: "viewer-track" }, bars.element, range);
  const element = make("div", { class: "viewer-slices", hidden: true }, track, speed);
  const update = () => {
    const { frames, index } = stage.current.pane;
    if (frames.length > 1) element.hidden = false; // once there it stays: the picture must not jump
    element.classList.toggle("viewer-idle", frames.length < 2 || mpr.on);
    range.max = String(frames.length);
    range.value = String(index + 1);
    bars.update();
    set(range, { "aria-valuetext": `${index + 1} of ${frames.length}` });
  };
  return { element, update };
}

/** All marks with what they measure; own ones can be removed here. */
export function list({ desk, stage, select }: Parts): Panel {
  const entries = make("ul", { class: "viewer-list", "aria-label": "Marks" });
  const none = make("p", { class: "viewer-none" }, "No marks yet.");
  const element = make(
    "section",
    { class: "viewer-marks-panel", "aria-label": "Marks and measurements" },
    none,
    entries,
  );
  const update = () => {
    const focused = element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.pick
      : undefined;
    const all = desk.store.all();
    const within = (one: Drawn) => all.filter((other) => other.layer === one.layer).indexOf(one) + 1;
    entries.replaceChildren(...all.map((one) => entry(one, within(one))));
    none.hidden = entries.children.length > 0;
    element.hidden = !none.hidden && !desk.study.tools.length;
    if (focused) element.querySelector<HTMLElement>(`[data-pick="${CSS.escape(focused)}"]`)?.focus();
  };
  const entry = (one: Drawn, number: number): HTMLLIElement => {
    const look = lookOf(one.layer, desk.toolOf(one)?.colour ?? 0);
    const label = one.label ?? desk.toolOf(one)?.label ?? one.mark.kind;
    const name = /\d/.test(label) ? label : `${label} ${number}`;
    const title = make("strong", {}, one.layer === MINE ? name : `${look.name}: ${name}`);
    const about = make("span", { class: "viewer-about" }, [measured(one), where(one)].filter(Boolean).join(", "));
    const text = make("span", {}, title, " ", about);
    const pick = make(
      "button",
      {
        type: "button",
        class: "viewer-button viewer-pick",
        "data-pick": one.id,
        "aria-pressed": String(one.id === desk.selected),
      },
      swatch(look.colour, look.dashes),
      text,
    );
    pick.addEventListener("click", () => select(one.id));
    const item = make("li", { "data-mark": one.id }, pick);
    if (desk.store.isOpen(one.id) && !desk.study.readonly) item.append(dismiss(one, name));
    return item;
  };
  const dismiss = (one: Drawn, name: string): HTMLButtonElement => {
    const away = make(
      "button",
      {
        type: "button",
        class: "viewer-button viewer-dismiss",
        "data-pick": `remove-${one.id}`,
        "aria-label": `Remove ${name}`,
        title: "Remove",
      },
      "×",
    );
    away.addEventListener("click", () => desk.store.remove(one.id));
    return away;
  };
  const cellOf = (one: Drawn) => stage.cells.find((cell) => cell.series === one.mark.on.series);
  const measured = (one: Drawn) => measure(one.mark, cellOf(one)?.pane.frame);
  const where = (one: Drawn): string => {
    const cell = cellOf(one);
    if (!cell || cell.pane.frames.length < 2 || one.mark.kind === "span") return "";
    const slices = slicesOf(one.mark, cell.pane.frames);
    if (!slices.length) return "";
    const [first, last] = [slices[0]! + 1, slices.at(-1)! + 1];
    return first === last ? `slice ${first}` : `slices ${first} to ${last}`;
  };
  return { element, update };
}
