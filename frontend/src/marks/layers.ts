/** How each layer and each tool looks: by colour, and by pattern for who can't tell colours apart. */

/** Seen on black and on white pixels alike, since lines are edged with black. */
export const COLOURS = ["#ffd54a", "#5fe0ff", "#ff9de6", "#9dff7a", "#ffa15c", "#c9b6ff", "#ff8a80", "#7dffd2"];

export interface Look {
  name: string;
  colour: string;
  /** Lengths of strokes and gaps in pixels of the screen; "" is a whole line. */
  dashes: string;
}

/** Locked layers by name; others take the looks of A, B, C … in the order in which they come. */
export const LAYERS: Record<string, Look> = {
  case: { name: "Asked about", colour: "#ffa15c", dashes: "7 3" },
  read: { name: "The read under review", colour: "#5fe0ff", dashes: "8 4" },
  A: { name: "Reader A", colour: "#5fe0ff", dashes: "10 4" },
  B: { name: "Reader B", colour: "#ff9de6", dashes: "3 4" },
  C: { name: "Reader C", colour: "#9dff7a", dashes: "12 4 2 4" },
  D: { name: "Reader D", colour: "#ffa15c", dashes: "6 3 6 8" },
  E: { name: "Reader E", colour: "#c9b6ff", dashes: "5 3 1 3" },
  model: { name: "Model", colour: "#ff8a80", dashes: "2 6" },
};

export const MINE = "mine";

/** How a mark is shown: own marks by the colour of their tool in whole lines, all others by their layer. */
export function lookOf(layer: string, colour: number): Look {
  if (layer === MINE) return { name: "Mine", colour: COLOURS[colour % COLOURS.length]!, dashes: "" };
  return LAYERS[layer] ?? { name: layer, colour: COLOURS[layer.length % COLOURS.length]!, dashes: "4 4" };
}

/** Where a layer's captions stand at a mark, so that those of several readers don't cover each other. */
export function cornerOf(layer: string): { right: boolean; below: boolean } {
  const at = ["mine", "A", "B", "C"].indexOf(layer);
  return { right: at === 2 || at === 3 || layer === "model", below: at === 1 || at === 2 || layer === "read" };
}
