"""The files that preparing one may write."""

from pathlib import Path


def remove(target: Path) -> None:
    """Take away whatever lies there of a target that failed."""
    for suffix in (".png", ".part", ".png.part"):
        target.with_suffix(suffix).unlink(missing_ok=True)
    target.unlink(missing_ok=True)
