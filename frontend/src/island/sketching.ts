/** Drawing one mark with the mouse: each kind takes spots of the picture and gives a mark, or says why not. */
import type { Frame } from "../dicom/frames";
import { corners, ellipseIn, milli, same } from "../marks/geometry";
import { frameNumber, onOf } from "../marks/places";
import { isSimple } from "../marks/rings";
import type { Mark, Point, PolygonMark, Tool } from "../types";

/** What a sketch knows of where it is drawn. */
export interface Ground {
  tool: Tool;
  frames: Frame[];
  index: number;
}

/** A mark of two corners or ends; null where it has no size. */
export function between(ground: Ground, a: Point, b: Point): Mark | null {
  const on = onOf(ground.tool, ground.frames, ground.index);
  switch (ground.tool.kind) {
    case "box": {
      const box = corners(a, b);
      return box && { kind: "box", on, ...box };
    }
    case "ellipse": {
      const ellipse = ellipseIn(a, b);
      return ellipse && { kind: "ellipse", on, ...ellipse };
    }
    case "length":
      return same(a, b) ? null : { kind: "length", on, from: a, to: b };
    case "point":
      return { kind: "point", on, at: b };
    default:
      return null;
  }
}

/** A closed outline through points, without repeating any; null where it crosses itself or has no area. */
export function outline(ground: Ground, points: Point[]): PolygonMark | null {
  const ring = points.filter((point, at) => at === 0 || !same(point, points[at - 1]!));
  while (ring.length > 1 && same(ring[0]!, ring.at(-1)!)) ring.pop();
  if (!isSimple(ring)) return null;
  return { kind: "polygon", on: onOf(ground.tool, ground.frames, ground.index), points: ring };
}

/** A span of the frame that is shown; its ends are set afterwards. */
export function span(ground: Ground): Mark {
  const on = onOf(ground.tool, ground.frames, ground.index);
  const now = frameNumber(on, ground.frames, ground.index);
  return { kind: "span", on, frames: [now, now] };
}

/** A spot of the picture in thousandths of a pixel. */
export function pointAt(spot: readonly [number, number], frame: Frame): Point {
  return milli(spot, frame);
}
