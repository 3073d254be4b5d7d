"""DICOMweb (PS3.18): what may be seen is found by a door, and nothing is given out before it was recorded."""
