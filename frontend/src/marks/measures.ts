/** What a mark measures, as text: in mm where the size of a pixel in the patient is known, else in pixels. */
import type { Frame } from "../dicom/frames";
import type { Mark, Point } from "../types";
import { area } from "./rings";
import { count } from "./runs";

/** Such as "12.4 mm" or "8.0 × 6.1 mm"; "" for what has no size. */
export function measure(mark: Mark, frame: Frame | undefined): string {
  const [row, column] = (frame?.measured && frame.spacing) || [1, 1];
  const unit = frame?.measured && frame.spacing ? "mm" : "px";
  const across = (points: number) => (points / 1000) * column;
  const down = (points: number) => (points / 1000) * row;
  switch (mark.kind) {
    case "length":
      return `${tenths(Math.hypot(...between(mark.from, mark.to, across, down)))} ${unit}`;
    case "box":
      return `${between(mark.min, mark.max, across, down).map(tenths).join(" × ")} ${unit}`;
    case "ellipse": {
      const whole = (Math.PI * mark.radii[0] * mark.radii[1]) / 1e6;
      return `${tenths(whole * row * column)} ${unit}²`;
    }
    case "polygon": {
      const holes = (mark.holes ?? []).reduce((sum, hole) => sum + area(hole), 0);
      return `${tenths(((area(mark.points) - holes) / 1e6) * row * column)} ${unit}²`;
    }
    case "mask":
      return `${tenths(count(mark) * row * column)} ${unit}²`;
    case "span":
      return `frames ${mark.frames[0]} to ${mark.frames[1]}`;
    case "point":
      return "";
  }
}

function between(a: Point, b: Point, across: (n: number) => number, down: (n: number) => number): [number, number] {
  return [across(Math.abs(b[0] - a[0])), down(Math.abs(b[1] - a[1]))];
}

function tenths(value: number): string {
  return value.toFixed(1);
}
