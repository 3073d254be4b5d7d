/** Headers and frames for the tests. */
import { framesOf, type Frame } from "../src/dicom/frames";
import type { Dataset, Element } from "../src/dicom/json";
import { TAG } from "../src/dicom/tags";

type Keyword = keyof typeof TAG;

/** A dataset by keywords; a single value needs no list. */
export function header(values: Partial<Record<Keyword, unknown>>): Dataset {
  const given = Object.entries(values).map(([keyword, value]): [string, Element] => [
    TAG[keyword as Keyword],
    { vr: "UN", Value: Array.isArray(value) ? value : [value] },
  ]);
  return Object.fromEntries(given);
}

/** A CT slice of 4 rows and 5 columns at a height in mm. */
export function slice(sop: string, height: number, more: Partial<Record<Keyword, unknown>> = {}): Dataset {
  return header({
    SOPInstanceUID: sop,
    Modality: "CT",
    Rows: 4,
    Columns: 5,
    BitsAllocated: 16,
    BitsStored: 12,
    PixelRepresentation: 0,
    PhotometricInterpretation: "MONOCHROME2",
    PixelSpacing: [2, 1],
    FrameOfReferenceUID: "9.9",
    ImagePositionPatient: [0, 0, height],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ...more,
  });
}

/** One frame with what is asked for. */
export function frame(more: Partial<Record<Keyword, unknown>> = {}): Frame {
  return framesOf(slice("1.1", 0, more), "1", "2")[0]!;
}
