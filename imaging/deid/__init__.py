"""De-identification by DICOM PS3.15 Annex E: what leaves this package may be stored in the clear."""
