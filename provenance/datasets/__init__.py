"""Datasets: released labels composed by criteria, locked with a manifest in the log, superseded but never changed."""
