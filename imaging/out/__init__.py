"""Labels as files that other software reads: DICOM SR and SEG, NIfTI, COCO. Plain Python, no Django."""
