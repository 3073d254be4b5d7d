/** Fetches another case into the browser's cache while this one is still on the screen. */
import { bytesOf, headersOf } from "../dicom/asking";
import { ordered } from "../dicom/order";
import type { Study } from "../types";

const TOGETHER = 3;

/** What hangs first comes first; what can't be fetched will say so when it is opened. */
export function prefetch(study: Study): void {
  const hung = study.hanging.cells.map((cell) => cell.series);
  const rest = study.series.map((one) => one.uid).filter((uid) => !hung.includes(uid));
  const wanted = [...hung, ...rest].flatMap((uid) => study.series.find((one) => one.uid === uid) ?? []);
  void wanted.reduce(
    (before, series) => before.then(() => fetched(study.root, series.study, series.uid)),
    Promise.resolve(),
  );
}

async function fetched(root: string, study: string, series: string): Promise<void> {
  try {
    const frames = ordered(await headersOf(root, study, series), study, series);
    const next = frames.values();
    const some = async () => {
      for (const frame of next) await bytesOf(root, frame);
    };
    await Promise.all(Array.from({ length: TOGETHER }, some));
  } catch {
    // Nobody waits for it.
  }
}
