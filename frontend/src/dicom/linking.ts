/** Which slice of another series lies where one is. */
import type { Frame } from "./frames";
import { dot, normalOf } from "./order";

/** The nearest slice of `others` where both lie in one frame of reference and about parallel; null where not. */
export function nearest(frame: Frame, others: Frame[]): number | null {
  const [own, theirs] = [normalOf(frame), normalOf(others[0])];
  if (!own || !theirs || !frame.place || frame.reference === "" || frame.reference !== others[0]!.reference)
    return null;
  if (Math.abs(dot(own, theirs)) < 0.95 || others.some((one) => one.place === null)) return null;
  const height = dot(frame.place, theirs);
  const away = others.map((one) => Math.abs(dot(one.place!, theirs) - height));
  return away.indexOf(Math.min(...away));
}
