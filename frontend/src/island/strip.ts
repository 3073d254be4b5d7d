/** The series of the case with their pictures, in the order in which the person wants them. */
import { seriesAddress } from "../dicom/asking";
import type { SeriesRef } from "../types";
import type { Parts } from "./actions";
import { make, set } from "./dom";
import type { Panel } from "./toolbar";

const STEPS: [string, string, number][] = [
  ["up", "\u2191", -1],
  ["down", "\u2193", 1],
];

/** A click shows a series in the active cell; with Shift and an arrow, or by its two buttons, it changes its place. */
export function strip(parts: Parts): Panel {
  const { desk, stage } = parts;
  const element = make("ul", { class: "viewer-strip", "aria-label": "Series" });
  const several = desk.study.series.length > 1;
  const move = (uid: string, by: number) => {
    const order = moved(desk.order, uid, by);
    if (order === desk.order) return;
    desk.order = order;
    desk.events.tell("chose", { what: "order", series: [...order] });
    stage.changed();
  };
  const entries = new Map(several ? desk.study.series.map((one) => [one.uid, entry(parts, one, move)]) : []);
  element.hidden = !several;
  let pictured = false;
  const update = () => {
    arrange(element, desk.order.flatMap((uid) => entries.get(uid) ?? []));
    const hung = new Set(stage.cells.map((cell) => cell.series));
    for (const [uid, item] of entries) {
      set(item.querySelector(".viewer-open")!, {
        "aria-pressed": String(hung.has(uid)),
        "aria-current": uid === stage.current.series ? "true" : null,
      });
    }
    // Pictures of series are fetched behind the first image, never before it.
    if (pictured || !stage.current.pane.filled) return;
    pictured = true;
    for (const image of element.querySelectorAll("img")) image.src = image.dataset.from!;
  };
  return { element, update };
}

/** The list with one entry a place further up (-1) or down (1); the same list where there is no such place. */
export function moved(order: string[], uid: string, by: number): string[] {
  const [from, to] = [order.indexOf(uid), order.indexOf(uid) + by];
  if (from < 0 || to < 0 || to >= order.length) return order;
  return order.with(from, order[to]!).with(to, uid);
}

function entry({ desk, stage }: Parts, one: SeriesRef, move: (uid: string, by: number) => void): HTMLLIElement {
  const title = titleOf(one);
  const study = desk.study.studies.find((each) => each.uid === one.study);
  const count = `${one.images} ${one.images === 1 ? "image" : "images"}`;
  const words = make(
    "span",
    { class: "viewer-strip-words" },
    make("span", { class: "viewer-strip-title" }, title),
    make("span", {}, [study?.role === "prior" ? study.label : "", count].filter(Boolean).join(" · ")),
  );
  const pick = make(
    "button",
    { type: "button", class: "viewer-button viewer-open", "data-series": one.uid },
    picture(seriesAddress(desk.study.root, one.study, one.uid)),
    words,
  );
  pick.addEventListener("click", () => void stage.open(one.uid));
  const steps = STEPS.map(([way, sign, by]) => {
    const name = { "aria-label": `Move ${title} ${way}`, title: `Move ${way} (Shift+${way === "up" ? "↑" : "↓"})` };
    const step = make("button", { type: "button", class: "viewer-button viewer-step", ...name }, sign);
    step.addEventListener("click", () => move(one.uid, by));
    return step;
  });
  const item = make("li", {}, pick, make("span", { class: "viewer-steps" }, ...steps));
  item.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    move(one.uid, by);
  });
  return item;
}

/** Such as "MG R CC" or "CT Series 2". */
export function titleOf(one: SeriesRef): string {
  const name = one.description || (one.number === null ? "" : `Series ${one.number}`);
  return [one.modality, one.laterality, one.view, name].filter(Boolean).join(" ");
}

function picture(series: string): HTMLImageElement {
  const image = make("img", {
    class: "viewer-thumbnail",
    alt: "Middle image",
    width: 44,
    height: 44,
    loading: "lazy",
    decoding: "async",
    draggable: "false",
    "data-from": `${series}/thumbnail`,
  });
  image.addEventListener("error", () => image.remove());
  return image;
}

/** Puts the entries into this order; what had the focus keeps it. */
function arrange(list: HTMLElement, items: HTMLElement[]): void {
  if (items.every((item, at) => list.children[at] === item)) return;
  const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  list.replaceChildren(...items);
  focused?.focus();
}
