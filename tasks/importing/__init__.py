"""Imports: received files are taken in by a job, their studies become cases, and a batch can be withdrawn."""
