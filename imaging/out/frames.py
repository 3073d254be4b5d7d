"""The frames of a series in the order in which marks count slices, with where each lies in the patient."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging import geometry
from imaging.values import item, whole

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: frame `number` (from 1) of the file with this header; place and directions in mm, or None."""

    header: Dataset
    number: int
    position: Vector | None = None
    directions: Vector | None = None  # cosines along a row, then along a column

    @property
    def sop(self) -> str:
        """The UID of its file."""
        return str(self.header.SOPInstanceUID)

    @property
    def alone(self) -> bool:
        """Whether its file has no other frame."""
        return _count(self.header) == 1

    @property
    def rows(self) -> int:
        """Its height in pixels."""
        return int(self.header.Rows)

    @property
    def columns(self) -> int:
        """Its width in pixels."""
        return int(self.header.Columns)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A series: its frames rising along their normal; those without a place by instance and frame number."""

    series: str
    study: str
    frames: tuple[Frame, ...]

    @property
    def files(self) -> list[Dataset]:
        """The header of each file once, in the order of the frames."""
        return list({frame.sop: frame.header for frame in self.frames}.values())


def stack_of(headers: Iterable[Dataset]) -> Stack:
    """The stack of one series' headers, in whatever order they come; ValueError if there are none."""
    files = sorted(headers, key=_number)
    if not files:
        raise ValueError("A series without images has no frames.")
    frames = [frame for header in files for frame in _frames(header)]
    first = files[0]
    return Stack(str(first.SeriesInstanceUID), str(first.StudyInstanceUID), tuple(_ordered(frames)))


def spacing_mm(frame: Frame) -> tuple[str, str] | None:
    """Between rows and between columns, decimal text in mm; None where it is unknown in the patient's plane.

    What is known of the detector's plane alone (ImagerPixelSpacing) is no measure of a patient.
    """
    header = frame.header
    measured = "PixelSpacing" in header or len(geometry.group(header, "PixelMeasuresSequence"))
    found = geometry.spacing(header) if measured or "SequenceOfUltrasoundRegions" in header else None
    return (found[0], found[1]) if found else None


def _number(header: Dataset) -> tuple[int, str]:
    return whole(header.get("InstanceNumber")) or 0, str(header.SOPInstanceUID)


def _frames(header: Dataset) -> Iterator[Frame]:
    count, groups = _count(header), geometry.per_frame(header)
    places = geometry.positions(header) or [geometry.position(header)]
    for number in range(1, count + 1):
        place = places[number - 1] if len(places) == count else None
        group = groups[number - 1] if len(groups) == count else Dataset()
        yield Frame(header, number, _vector(place), _vector(_directions(header, group)))


def _count(header: Dataset) -> int:
    return max(whole(header.get("NumberOfFrames")) or 1, 1)


def _directions(header: Dataset, group: Dataset) -> Any:
    own = item(group, "PlaneOrientationSequence").get("ImageOrientationPatient")
    return own or geometry.orientation(header)


def _vector(numbers: Any) -> Vector | None:
    return None if not numbers else np.array([float(one) for one in numbers])


def _ordered(frames: list[Frame]) -> list[Frame]:
    normal = normal_of(frames[0])
    if normal is None or any(frame.position is None for frame in frames):
        return frames
    # Frames at one place stay in the order of their numbers: sorting is stable.
    return sorted(frames, key=lambda frame: round(float(np.dot(frame.position, normal)), 4))  # type: ignore[arg-type]


def normal_of(frame: Frame) -> Vector | None:
    """The direction across the picture, of length 1; None where it is unknown."""
    if frame.directions is None:
        return None
    across: Vector = np.cross(frame.directions[:3], frame.directions[3:])
    length = float(np.linalg.norm(across))
    return across / length if length else None
