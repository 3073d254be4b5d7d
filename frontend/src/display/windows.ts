/** Window presets per modality: centre and width in the modality's units. */
import type { Window } from "../dicom/frames";

export interface Preset {
  name: string;
  label: string;
  /** Null: as the image says it; "all": from its least to its greatest value. */
  window: Window | null | "all";
}

export const AS_STORED: Preset = { name: "stored", label: "As stored", window: null };
const ALL: Preset = { name: "all", label: "Full range", window: "all" };

function preset(name: string, label: string, centre: number, width: number): Preset {
  return { name, label, window: { centre, width } };
}

const CT: Preset[] = [
  preset("soft", "Soft tissue", 40, 400),
  preset("lung", "Lung", -600, 1500),
  preset("bone", "Bone", 400, 1800),
  preset("brain", "Brain", 40, 80),
  preset("stroke", "Stroke", 35, 35),
  preset("liver", "Liver", 90, 160),
  preset("mediastinum", "Mediastinum", 50, 350),
];
const BY_MODALITY: Record<string, Preset[]> = {
  CT,
  PT: [preset("suv5", "0 to 5", 2.5, 5), preset("suv10", "0 to 10", 5, 10), preset("suv20", "0 to 20", 10, 20)],
};

/** The presets of a modality, in the order of their keys preset-1, preset-2 and so on. */
export function presetsOf(modality: string): Preset[] {
  return [AS_STORED, ...(BY_MODALITY[modality] ?? []), ALL];
}

/** The preset of this name or key ("preset-2"); undefined where the modality has none such. */
export function presetNamed(modality: string, name: string): Preset | undefined {
  const presets = presetsOf(modality);
  const key = /^preset-(\d+)$/.exec(name);
  return key ? presets[Number(key[1]) - 1] : presets.find((one) => one.name === name.toLowerCase());
}

/** The values shown black and white. */
export function rangeOf({ centre, width }: Window): { lower: number; upper: number } {
  return { lower: centre - width / 2, upper: centre + width / 2 };
}

/** A window after the mouse went that far: to the right is wider, down is brighter; steps follow the width. */
export function dragged(from: Window, across: number, down: number): Window {
  const step = Math.max(from.width / 400, 1e-6);
  return { centre: from.centre + down * step, width: Math.max(from.width + across * step, step) };
}
