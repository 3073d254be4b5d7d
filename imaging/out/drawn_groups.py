"""What was drawn, each mark as a measurement group of TID 1500: its coordinates, measures and answers."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from highdicom.sr import (
    CoordinatesForMeasurement,
    ImageRegion,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    ReferencedSegment,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    SourceImageForSegmentation,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.valuerep import DSdecimal

from . import measures
from .coding import AREA, LENGTH, concept, unit
from .frames import Frame
from .labels import Choice, Drawing, Mark, Number, Origin
from .pinning import pinned
from .places import NotPlaced, Placed

_LONGEST: Final = 16  # characters of a decimal string
_SPAN: Final = {"point": "POINT", "ellipse": "ELLIPSE", "box": "POLYLINE", "polygon": "POLYLINE"}
Segments = Mapping[str, Dataset]  # by path: the segmentation of what is no outline
Group = Any  # a group of TID 1410, 1411 or 1501


def group_of(drawing: Drawing, where: Placed, origin: Origin, segments: Segments) -> Group:
    """The group of one mark; NotPlaced if it has neither coordinates nor a segmentation."""
    about = said(drawing.path, drawing.choices, drawing.numbers, origin)
    about["finding_type"] = concept(drawing.concept)
    mark = drawing.mark
    if mark["kind"] == "length":
        return _line(mark, where.frames, about)
    if mark["kind"] == "span":
        return MeasurementsAndQualitativeEvaluations(source_images=_sources(where.frames), **about)
    if mark["kind"] == "mask" or mark.get("holes"):
        return _segment(drawing, where.frames, about, segments)
    if mark["kind"] != "point" and len(where.frames) == 1:
        about["measurements"].append(measured(AREA, *measures.area(mark, where.frames[0])))
    regions = [_region(mark, frame) for frame in where.frames]
    if len(regions) == 1:
        return PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=regions[0], **about)
    return VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_regions=regions, **about)


def said(path: str, choices: Sequence[Choice], numbers: Sequence[Number], origin: Origin) -> dict[str, Any]:
    """What groups have in common: who it is, its numbers and its answers."""
    told = [QualitativeEvaluation(concept(one.question), concept(one.answer)) for one in choices]
    return {
        "tracking_identifier": TrackingIdentifier(pinned(origin.named(f"tracking/{path}")), path[:64]),
        "measurements": [measured(concept(one.question), one.value, one.unit) for one in numbers],
        "qualitative_evaluations": told,
    }


def measured(name: Any, value: str, ucum: str, **more: Any) -> Measurement:
    """A number with all digits that were given, as far as a decimal string of DICOM holds them."""
    made = Measurement(name, float(value), unit(ucum), **more)
    if len(value) <= _LONGEST:
        made[0].MeasuredValueSequence[0].NumericValue = DSdecimal(value)
    return made


def outline(mark: Mark) -> NDArray[np.float64]:
    """Columns and rows as DICOM counts them: (n, 2), in pixels from the outer corner of the first one."""
    match mark["kind"]:
        case "point":
            places = [mark["at"]]
        case "length":
            places = [mark["from"], mark["to"]]
        case "box":
            (left, top), (right, bottom) = mark["min"], mark["max"]
            places = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
        case "ellipse":
            places = _axes(mark)
        case _:
            places = [*mark["points"], mark["points"][0]]
    return np.array(places, dtype=np.float64) / 1000


def _axes(mark: Mark) -> list[list[float]]:
    """The ends of the longer axis, then those of the shorter one."""
    (x, y), turn = mark["center"], math.radians(mark["angle_mdeg"] / 1000)
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    axes = sorted(zip(mark["radii"], (along, across), strict=True), key=lambda axis: -axis[0])
    return [[x + way * r * dx, y + way * r * dy] for r, (dx, dy) in axes for way in (-1, 1)]


def _region(mark: Mark, frame: Frame) -> ImageRegion:
    return ImageRegion(_SPAN[mark["kind"]], outline(mark), SourceImageForRegion(*_image(frame)))


def _line(mark: Mark, frames: Sequence[Frame], about: dict[str, Any]) -> Group:
    lines = [
        CoordinatesForMeasurement("POLYLINE", outline(mark), SourceImageForRegion(*_image(frame)))
        for frame in frames
    ]
    number = measures.length(mark, frames[0])
    about["measurements"].append(measured(LENGTH, *number, referenced_coordinates=lines))
    return MeasurementsAndQualitativeEvaluations(**about)


def _segment(drawing: Drawing, frames: Sequence[Frame], about: dict[str, Any], segments: Segments) -> Group:
    if drawing.path not in segments:
        raise NotPlaced(
            "A mask, or an outline with holes, is told by its segmentation, which could not be made."
        )
    made = segments[drawing.path]
    sources = [SourceImageForSegmentation(*_image(frame)) for frame in frames]
    segment = ReferencedSegment(made.SOPClassUID, made.SOPInstanceUID, 1, source_images=sources)
    return VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_segment=segment, **about)


def _sources(frames: Sequence[Frame]) -> list[SourceImageForMeasurementGroup]:
    files: dict[str, list[Frame]] = {}
    for frame in frames:
        files.setdefault(frame.sop, []).append(frame)
    return [SourceImageForMeasurementGroup(*_image(*of_file)) for of_file in files.values()]


def _image(*frames: Frame) -> tuple[str, str, list[int] | None]:
    header = frames[0].header
    numbers = None if frames[0].alone else [frame.number for frame in frames]
    return str(header.SOPClassUID), frames[0].sop, numbers
