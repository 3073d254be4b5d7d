/** One picture of a series, as its header tells it. */
import { item, items, number, numbers, text, type Dataset } from "./json";
import { TAG } from "./tags";

export type Vector = [number, number, number];
export type Values = "integer" | "float" | "double";

export interface Window {
  centre: number;
  width: number;
}

export interface Frame {
  study: string;
  series: string;
  sop: string;
  /** From 1, in its file. */
  number: number;
  /** Whether its file has no other frame. */
  alone: boolean;
  modality: string;
  rows: number;
  columns: number;
  samples: number;
  photometric: string;
  planar: boolean;
  allocated: number;
  stored: number;
  signed: boolean;
  values: Values;
  slope: number;
  intercept: number;
  window: Window | null;
  /** Between rows and between columns in mm; null where it is unknown. */
  spacing: [number, number] | null;
  /** Whether that spacing is the patient's, not only the detector's. */
  measured: boolean;
  /** Height of a pixel over its width. */
  aspect: number;
  place: Vector | null;
  /** Cosines along a row, then along a column. */
  directions: [Vector, Vector] | null;
  reference: string;
  thickness: number | null;
  /** Milliseconds until the next frame of a cine; null for what is no cine. */
  duration: number | null;
}

/** The frames of one file, in their order; [] where the header names no pixels. */
export function framesOf(header: Dataset, study: string, series: string): Frame[] {
  const rows = number(header, TAG.Rows);
  const columns = number(header, TAG.Columns);
  if (!rows || !columns) return [];
  const count = Math.max(number(header, TAG.NumberOfFrames) ?? 1, 1);
  const groups = items(header, TAG.PerFrameFunctionalGroups);
  const shared = item(header, TAG.SharedFunctionalGroups);
  const places = groups.length === count;
  return Array.from({ length: count }, (_, index) => {
    const look = new Groups(header, shared, places ? groups[index] : undefined, groups[0]);
    return { ...pixelsOf(header, rows, columns), ...frameOf(look, header, count, index), study, series };
  });
}

/** Looks for an attribute in the frame's own group, the shared one, then the header itself. */
class Groups {
  constructor(
    private header: Dataset,
    private shared: Dataset | undefined,
    private own: Dataset | undefined,
    private first: Dataset | undefined,
  ) {}

  find(sequence: string, tag: string, often = false): number[] | null {
    const places = [this.own, this.shared, often ? this.first : undefined];
    for (const place of places) {
      const found = numbers(item(place, sequence), tag);
      if (found) return found;
    }
    return numbers(this.header, tag);
  }

  has(sequence: string): boolean {
    return [this.own, this.shared].some((place) => item(place, sequence) !== undefined);
  }
}

function pixelsOf(header: Dataset, rows: number, columns: number) {
  const allocated = number(header, TAG.BitsAllocated) ?? 16;
  return {
    rows,
    columns,
    modality: text(header, TAG.Modality),
    samples: number(header, TAG.SamplesPerPixel) ?? 1,
    photometric: text(header, TAG.PhotometricInterpretation),
    planar: number(header, TAG.PlanarConfiguration) === 1,
    allocated,
    stored: number(header, TAG.BitsStored) ?? allocated,
    signed: number(header, TAG.PixelRepresentation) === 1,
    values: valuesOf(header),
    reference: text(header, TAG.FrameOfReferenceUID),
  };
}

function valuesOf(header: Dataset): Values {
  if (header[TAG.FloatPixelData]) return "float";
  return header[TAG.DoubleFloatPixelData] ? "double" : "integer";
}

function frameOf(look: Groups, header: Dataset, count: number, index: number) {
  const spacing = spacingOf(look, header);
  return {
    sop: text(header, TAG.SOPInstanceUID),
    number: index + 1,
    alone: count === 1,
    slope: look.find(TAG.PixelValueTransformation, TAG.RescaleSlope)?.[0] || 1,
    intercept: look.find(TAG.PixelValueTransformation, TAG.RescaleIntercept)?.[0] ?? 0,
    window: windowOf(look),
    spacing,
    measured: spacing !== null && isMeasured(look, header),
    aspect: spacing ? spacing[0] / spacing[1] : aspectOf(header),
    place: placeOf(look, count),
    directions: directionsOf(look),
    thickness: look.find(TAG.PixelMeasures, TAG.SliceThickness, true)?.[0] ?? null,
    duration: count > 1 ? durationOf(header, index) : null,
  };
}

function windowOf(look: Groups): Window | null {
  const centre = look.find(TAG.FrameVOILUT, TAG.WindowCenter)?.[0];
  const width = look.find(TAG.FrameVOILUT, TAG.WindowWidth)?.[0];
  return centre !== undefined && width !== undefined && width > 0 ? { centre, width } : null;
}

/** Both above 0, or null: a spacing of 0 would blacken the viewport. */
function pair(found: number[] | null): [number, number] | null {
  const [down, across] = found ?? [];
  return down && across && down > 0 && across > 0 ? [down, across] : null;
}

function spacingOf(look: Groups, header: Dataset): [number, number] | null {
  return (
    pair(look.find(TAG.PixelMeasures, TAG.PixelSpacing, true)) ??
    pair(numbers(header, TAG.ImagerPixelSpacing)) ??
    pair(numbers(header, TAG.NominalScannedPixelSpacing)) ??
    ultrasound(header)
  );
}

function isMeasured(look: Groups, header: Dataset): boolean {
  return pair(look.find(TAG.PixelMeasures, TAG.PixelSpacing, true)) !== null || ultrasound(header) !== null;
}

/** Of the first region in two spatial dimensions, told in centimetres. */
function ultrasound(header: Dataset): [number, number] | null {
  for (const region of items(header, TAG.UltrasoundRegions)) {
    if (number(region, TAG.RegionSpatialFormat) !== 1 || number(region, TAG.PhysicalUnitsX) !== 3) continue;
    const down = number(region, TAG.PhysicalDeltaY);
    const across = number(region, TAG.PhysicalDeltaX);
    const found = pair([(down ?? 0) * 10, (across ?? 0) * 10]);
    if (found) return found;
  }
  return null;
}

function aspectOf(header: Dataset): number {
  const found = pair(numbers(header, TAG.PixelAspectRatio));
  return found ? found[0] / found[1] : 1;
}

function placeOf(look: Groups, count: number): Vector | null {
  const found = look.find(TAG.PlanePosition, TAG.ImagePositionPatient);
  // A file of several frames that tells one place doesn't tell where each lies.
  return found?.length === 3 && (count === 1 || look.has(TAG.PlanePosition)) ? (found as Vector) : null;
}

function directionsOf(look: Groups): [Vector, Vector] | null {
  const found = look.find(TAG.PlaneOrientation, TAG.ImageOrientationPatient, true);
  return found?.length === 6 ? [found.slice(0, 3) as Vector, found.slice(3) as Vector] : null;
}

function durationOf(header: Dataset, index: number): number | null {
  const rate = number(header, TAG.RecommendedDisplayFrameRate) ?? number(header, TAG.CineRate);
  const each = numbers(header, TAG.FrameTimeVector)?.[index + 1] || number(header, TAG.FrameTime);
  return each || (rate ? 1000 / rate : null);
}
