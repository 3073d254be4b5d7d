"""A series as the rules see it: its images' facts and measures as numbers, and where their slices lie."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import acos, degrees, isfinite, sqrt
from typing import Any, Final

VOLUMES: Final = frozenset({"CT", "MR", "PT"})
"""The modalities whose slices have places in the patient."""
DRAWN: Final = frozenset({"SEG", "RTDOSE", "RTSTRUCT", "PR", "SR", "KO"})
"""The modalities whose pixels are no picture."""
SAME_PLACE_MM: Final = 0.01

Vector = tuple[float, ...]


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
        several = self.facts.get("frame_positions") or [self.facts.get("position")]
        return [_vector(one, 3) for one in several]

    @property
    def located(self) -> bool:
        """Whether each frame says where it lies."""
        return None not in self.positions and len(self.positions) == self.frames

    @cached_property
    def directions(self) -> Vector | None:
        """Of its rows and of its columns, each of length one."""
        return _directions(self.facts.get("orientation"))

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
            key = _rounded(one.directions)
            alike[key] = min(alike.get(key, one.directions), one.directions)
        usual = most_common([_rounded(one.directions) for one in self.slices])
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


def number(value: Any) -> float | None:
    """A finite number out of a number or decimal text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except ValueError:
        return None
    return read if isfinite(read) else None


def text(value: float) -> str:
    """A number as decimal text with at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def most_common(values: Sequence[Vector]) -> Vector | None:
    """The value that occurs most; of several the least, so that order doesn't matter."""
    counted = Counter(values)
    return min(counted, key=lambda one: (-counted[one], one)) if counted else None


def where(images: Sequence[Image]) -> list[int]:
    """The places of images, each once, in order."""
    return sorted({image.place for image in images})


def dot(one: Vector, other: Vector) -> float:
    """The inner product."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def cross(one: Vector, other: Vector) -> Vector:
    """The vector product of two vectors of three."""
    (a, b, c), (x, y, z) = one, other
    return (b * z - c * y, c * x - a * z, a * y - b * x)


def unit(vector: Vector) -> Vector | None:
    """A vector of length one in the same direction; None for one without."""
    length = sqrt(dot(vector, vector))
    return tuple(part / length for part in vector) if length > 1e-6 else None


def _image(place: int, given: Mapping[str, Any]) -> Image:
    frames = given.get("frames")
    return Image(
        place=place,
        facts=given.get("facts") or {},
        measures=given.get("measures") or {},
        stored=len(frames) if isinstance(frames, list | tuple) else None,
        refused=given.get("refused"),
    )


def _rounded(directions: Vector) -> Vector:
    return tuple(round(part, 2) for part in directions)


def _vector(value: Any, length: int) -> Vector | None:
    if not isinstance(value, list | tuple) or len(value) != length:
        return None
    parts = tuple(part for one in value if (part := number(one)) is not None)
    return parts if len(parts) == length else None


def _directions(value: Any) -> Vector | None:
    """Six direction cosines, those of the rows and of the columns each of length one."""
    six = _vector(value, 6)
    rows, columns = (unit(six[:3]), unit(six[3:])) if six else (None, None)
    return (*rows, *columns) if rows and columns else None
