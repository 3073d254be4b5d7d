"""Reference labels, and the reads behind them, as files that other software reads (docs/dicom-out.md)."""
