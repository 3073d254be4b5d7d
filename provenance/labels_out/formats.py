"""What an export of labels may hold."""

from typing import Final

FORMATS: Final = {
    "sr": "DICOM SR: measurements and findings with codes",
    "seg": "DICOM SEG: drawn regions, and the share of readers who marked them",
    "reads": "DICOM SR and SEG of every read, too",
    "nifti": "NIfTI: masks of the label, of every read and of shares",
    "coco": "COCO: marks of the label and of every read, with soft labels",
}
TOP: Final = "labels"
