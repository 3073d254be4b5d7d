/** Actions on marks, and the drawing tools. */
import { frameNumber, withEnd } from "../marks/places";
import type { Doable, Parts } from "./actions";
import type { Desk } from "./desk";
import type { Stage } from "./stage";

export function marks({ desk, stage, drawing, choose, select }: Parts): Doable[] {
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
    {
      name: "undo",
      short: "Undo",
      label: "Take the last change of a mark back",
      key: "Ctrl+z",
      group,
      run: () => void desk.store.undo(),
    },
    { name: "redo", short: "Redo", label: "Do it again", key: "Ctrl+y", group, run: () => void desk.store.redo() },
    { name: "next-mark", label: "Next mark", key: "t", group, run: step(1) },
    { name: "previous-mark", label: "Previous mark", key: "Shift+t", group, run: step(-1) },
    {
      name: "remove-mark",
      label: "Remove the selected mark",
      key: "Delete",
      group,
      run: () => desk.selected && !desk.study.readonly && desk.store.remove(desk.selected),
    },
    {
      name: "first-slice",
      label: "The selected mark begins here",
      key: "[",
      group,
      run: () => extend(desk, stage, "first"),
    },
    {
      name: "last-slice",
      label: "The selected mark ends here",
      key: "]",
      group,
      run: () => extend(desk, stage, "last"),
    },
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
  if (!drawn || !desk.store.isOpen(drawn.id) || desk.study.readonly || drawn.mark.on.series !== frames[0]?.series)
    return;
  const { mark } = drawn;
  if (mark.kind === "span")
    desk.keep(drawn, { ...mark, frames: withEnd(mark.frames, end, frameNumber(mark.on, frames, index)) });
  if (mark.kind === "box" && mark.on.slices) {
    desk.keep(drawn, { ...mark, on: { ...mark.on, slices: withEnd(mark.on.slices, end, index) } });
  }
}

export function tools({ desk, choose }: Parts): Doable[] {
  if (desk.study.readonly) return [];
  return desk.study.tools.map((tool, at) => ({
    name: `draw-${tool.id}`,
    short: tool.label,
    label: `Draw: ${tool.label} (${tool.kind})`,
    key: at < 9 ? `Alt+Shift+${at + 1}` : "",
    group: "Draw",
    run: () => choose(tool.id),
    on: () => desk.tool?.id === tool.id,
  }));
}
