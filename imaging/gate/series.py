"""A series as the rules see it: its images' facts and measures as numbers, and where their slices lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import acos, degrees
from typing import Any, Final

from .vectors import Vector, cosines, cross, dot, most_common, number, rounded, unit, vector

VOLUMES: Final = frozenset({"CT", "MR", "PT"})
"""The modalities whose slices have places in the patient."""
DRAWN: Final = frozenset({"SEG", "RTDOSE", "RTSTRUCT", "PR", "SR", "KO"})
"""The modalities whose pixels are no picture."""
SAME_PLACE_MM: Final = 0.01


@dataclass(frozen=True)
class Evidence:
    """What a rule measured, and the images concerned by their place in the series as it was given."""

    measured: dict[str, Any]
    where: list[int]


@dataclass(frozen=True)
class Slice:
    """One slice: its image, the position of its first pixel in millimetres, its rows' and columns' directions."""

    image: "Image"
    position: Vector
    directions: Vector

    def tilt(self, directions: Vector) -> float:
        """The angle against other directions in degrees, the larger one of the rows' and the columns'."""
        pairs = ((self.directions[:3], directions[:3]), (self.directions[3:], directions[3:]))
        return max(degrees(acos(max(-1.0, min(1.0, dot(one, other))))) for one, other in pairs)


@dataclass(frozen=True)
class Image:
    """One instance: its place in the series as given, what its header says, what was measured."""

    place: int
    facts: Mapping[str, Any]
    measures: Mapping[str, Any]
    stored: int | None
    refused: str | None

    @property
    def modality(self) -> str:
        """As DICOM writes it; empty if not stated."""
        return str(self.facts.get("modality") or "")

    @property
    def volume(self) -> bool:
        """Whether it consists of slices that have a place."""
        return self.modality in VOLUMES and self.refused is None

    @property
    def picture(self) -> bool:
        """Whether its pixels are shades of something, not a mask, a dose or a drawing."""
        return self.modality not in DRAWN and self.facts.get("bits_stored") != 1 and self.refused is None

    @property
    def frames(self) -> int:
        """How many frames the header states."""
        return int(number(self.facts.get("frames")) or 1)

    def fact(self, key: str) -> float | None:
        """A fact as a number."""
        return number(self.facts.get(key))

    def measure(self, key: str) -> float | None:
        """A measure as a number."""
        return number(self.measures.get(key))

    @cached_property
    def positions(self) -> list[Vector | None]:
        """That of each frame, or of the image as a whole, in millimetres."""
        several = self.facts.get("frame_positions")
        each = several if isinstance(several, list) and several else [self.facts.get("position")]
        return [vector(one, 3) for one in each]

    @property
    def located(self) -> bool:
        """Whether each frame says where it lies."""
        return None not in self.positions and len(self.positions) == self.frames

    @cached_property
    def directions(self) -> Vector | None:
        """Of its rows and of its columns, each of length one."""
        return cosines(self.facts.get("orientation"))

    @cached_property
    def slices(self) -> list[Slice]:
        """Those of its frames that have a position and directions."""
        return [Slice(self, one, self.directions) for one in self.positions if one and self.directions]


class Series:
    """The images of one series; no answer depends on their order."""

    def __init__(self, given: Sequence[Mapping[str, Any]]) -> None:
        self.images = [_image(place, one) for place, one in enumerate(given)]

    @cached_property
    def volume(self) -> list[Image]:
        """The images that consist of slices with a place."""
        return [image for image in self.images if image.volume]

    @cached_property
    def slices(self) -> list[Slice]:
        """Every slice that says where it lies."""
        return [one for image in self.volume for one in image.slices]

    @cached_property
    def directions(self) -> Vector | None:
        """Those of most slices, alike to two decimals."""
        alike: dict[Vector, Vector] = {}
        for one in self.slices:
            key = rounded(one.directions)
            alike[key] = min(alike.get(key, one.directions), one.directions)
        usual = most_common([rounded(one.directions) for one in self.slices])
        return alike[usual] if usual else None

    def stack(self, degrees_apart: float) -> list[tuple[float, Slice]]:
        """The slices in the usual direction, each with its place along the normal in millimetres, in order."""
        if self.directions is None:
            return []
        normal = unit(cross(self.directions[:3], self.directions[3:]))
        if normal is None:
            return []
        lying = [one for one in self.slices if one.tilt(self.directions) <= degrees_apart]
        return sorted(((dot(one.position, normal), one) for one in lying), key=lambda pair: pair[0])


def places(stack: list[tuple[float, Slice]]) -> list[tuple[float, list[Slice]]]:
    """The slices of a stack by the place at which they lie."""
    found: list[tuple[float, list[Slice]]] = []
    for along, one in stack:
        if found and along - found[-1][0] <= SAME_PLACE_MM:
            found[-1][1].append(one)
        else:
            found.append((along, [one]))
    return found


def where(images: Sequence[Image]) -> list[int]:
    """The places of images, each once, in order."""
    return sorted({image.place for image in images})


def _image(place: int, given: Mapping[str, Any]) -> Image:
    frames = given.get("frames")
    return Image(
        place=place,
        facts=given.get("facts") or {},
        measures=given.get("measures") or {},
        stored=len(frames) if isinstance(frames, list | tuple) else _count(frames),
        refused=given.get("refused"),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
