"""In which order the frames of a series lie, by its images' facts: as the viewer shows them (docs/dicom-out.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from .gate.series import Image, Series
from .gate.vectors import Vector, cross, dot, unit


def in_order(facts: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Each frame as (place of its image as given, number from 1), rising along the normal of the first.

    As given where one doesn't say where it lies.
    """
    images = Series([{"facts": one} for one in facts]).images
    frames = [(image.place, number) for image in images for number in range(1, image.frames + 1)]
    directions = images[0].directions if images else None
    normal = unit(cross(directions[:3], directions[3:])) if directions else None
    if normal is None or not all(image.located for image in images):
        return frames
    return sorted(frames, key=lambda one: round(dot(_place(images[one[0]], one[1]), normal), 4))


def _place(image: Image, number: int) -> Vector:
    place = image.positions[number - 1]
    assert place is not None, "asked only where every frame says where it lies"
    return place
