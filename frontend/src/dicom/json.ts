/** Reading DICOM JSON (PS3.18 F): values by tag, with what is missing told apart from what is wrong. */

export interface Element {
  vr: string;
  Value?: unknown[];
  InlineBinary?: string;
  BulkDataURI?: string;
}
export type Dataset = Record<string, Element>;

/** The first value as text; "" without one. */
export function text(from: Dataset | undefined, tag: string): string {
  const value = from?.[tag]?.Value?.[0];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** All values as finite numbers; null where there is none or one is no number. */
export function numbers(from: Dataset | undefined, tag: string): number[] | null {
  const values = from?.[tag]?.Value;
  if (!values?.length) return null;
  const found = values.map((value) => (value === null || value === "" ? Number.NaN : Number(value)));
  return found.every(Number.isFinite) ? found : null;
}

/** The first value as a number; null without one. */
export function number(from: Dataset | undefined, tag: string): number | null {
  return numbers(from, tag)?.[0] ?? null;
}

/** The items of a sequence. */
export function items(from: Dataset | undefined, tag: string): Dataset[] {
  const values = from?.[tag]?.Value ?? [];
  return values.filter((value): value is Dataset => typeof value === "object" && value !== null);
}

/** The first item of a sequence. */
export function item(from: Dataset | undefined, tag: string): Dataset | undefined {
  return items(from, tag)[0];
}
