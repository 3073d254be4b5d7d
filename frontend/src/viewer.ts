/** The viewer island: shows a case's images, and lets a reader mark them. The only face that a page sees. */
import { Island } from "./island/island";
import type { Study, Viewer } from "./types";

export { COLOURS, LAYERS } from "./marks/layers";
export type * from "./types";

/** Builds the island inside an element and shows the case; resolves when its first images are on the screen. */
export async function load(element: HTMLElement, study: Study): Promise<Viewer> {
  const island = new Island(element, study);
  await island.begin();
  return island;
}
