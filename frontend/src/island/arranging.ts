/** Actions by which cells are laid out, filled and tied together. */
import type { Doable, Parts } from "./actions";
import { priorOf } from "./comparing";

/** Rows and columns that are offered. */
export const LAYOUTS: [number, number][] = [
  [1, 1],
  [1, 2],
  [2, 2],
];

export function layouts({ desk, stage, mpr }: Parts): Doable[] {
  const group = "Layout";
  const step = (by: number) => () => {
    const { cells, active } = stage;
    cells[(active + by + cells.length) % cells.length]!.element.focus();
  };
  const laid: Doable[] = LAYOUTS.map(([rows, columns], at) => ({
    name: `layout-${rows}x${columns}`,
    label: `${rows} × ${columns} cells`,
    key: `Shift+${at + 1}`,
    group,
    run: () => void stage.lay(rows, columns),
  }));
  const compare = () => {
    const current = desk.about(stage.current.series);
    const prior = priorOf(desk.study, current);
    if (!current || !prior) return desk.refuse("no_prior", "There is no earlier study of this kind to compare with.");
    const cells = [current, prior].map((one) => ({ series: one.uid, link: "compare" }));
    void stage.hang({ rows: 1, columns: 2, cells }).then((failures) => failures.forEach((one) => desk.failed(one)));
  };
  const link = () => {
    desk.linked = !desk.linked;
    stage.changed();
  };
  const series = (by: number) => () => {
    const at = desk.order.indexOf(stage.current.series ?? "");
    const next = desk.order[(at + by + desk.order.length) % desk.order.length];
    if (next) void stage.open(next);
  };
  const usual = () => {
    const { hanging, series: all } = desk.study;
    const { rows, columns, cells } = hanging.usual ?? hanging;
    desk.presets = {};
    desk.order = hanging.usual?.series ?? all.map((one) => one.uid);
    desk.linked = false;
    desk.events.tell("chose", { what: "usual", rows, columns });
    void stage.hang({ rows, columns, cells }).then((failures) => failures.forEach((one) => desk.failed(one)));
  };
  return [
    ...laid,
    { name: "next-cell", label: "Next cell", key: "c", group, run: step(1) },
    { name: "previous-cell", label: "Previous cell", key: "x", group, run: step(-1) },
    { name: "next-series", label: "Next series in this cell", key: ".", group, run: series(1) },
    { name: "previous-series", label: "Previous series in this cell", key: ",", group, run: series(-1) },
    ...(desk.study.studies.some((one) => one.role === "prior")
      ? [{ name: "compare", short: "Compare", label: "This series beside its prior", key: "d", group, run: compare }]
      : []),
    {
      name: "usual",
      short: "Usual",
      label: "Hang as the protocol does, and forget what I chose",
      key: "b",
      group,
      run: usual,
    },
    {
      name: "link",
      short: "Link",
      label: "All cells scroll together",
      key: "l",
      group,
      run: link,
      on: () => desk.linked,
    },
    {
      name: "mpr",
      short: "MPR",
      label: "Three planes through the volume",
      key: "m",
      group,
      run: () => mpr.toggle(),
      on: () => mpr.on,
    },
  ];
}
