"""Packing a log so that it can be checked elsewhere: docs/bundle.md says what is in it, byte for byte."""
