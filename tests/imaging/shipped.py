"""The DICOM files that ship with pydicom and pydicom-data (MIT), read where they are installed, never fetched."""

from functools import cache
from pathlib import Path

import data_store
import pydicom

PLACES = (Path(pydicom.__file__).parent / "data/test_files", Path(data_store.__file__).parent / "data")


@cache
def shipped() -> dict[str, Path]:
    """Every file by its path in its package; none has the same name in both."""
    return {
        path.relative_to(place).as_posix(): path
        for place in PLACES
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def one(name: str) -> Path:
    """One of them."""
    return shipped()[name]
