/** Which earlier series is laid beside a current one. */
import type { SeriesRef, Study } from "../types";

/** Of the first study told as prior that has one: the same view and side, else the same modality; null without any. */
export function priorOf(
  { studies, series }: Pick<Study, "studies" | "series">,
  current: SeriesRef | undefined,
): SeriesRef | null {
  const alike = (one: SeriesRef) => one.modality === current?.modality;
  const same = (one: SeriesRef) => alike(one) && one.view === current?.view && one.laterality === current?.laterality;
  for (const { uid } of studies.filter((one) => one.role === "prior" && one.uid !== current?.study)) {
    const own = series.filter((one) => one.study === uid);
    const found = own.find(same) ?? own.find(alike);
    if (found) return found;
  }
  return null;
}
