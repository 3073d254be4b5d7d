"""Stored files as DICOMweb gives them out: headers as JSON, frames, whole files, bulk data and pictures."""
