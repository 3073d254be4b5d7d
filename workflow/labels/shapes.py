"""The geometry of points, lengths, boxes, ellipses and spans."""

from typing import Any

from workflow.labels.coordinates import MAX_COORDINATE, check_points, check_range, is_int
from workflow.labels.faults import FaultList, at

HALF_TURN_MDEG = 180_000


def check_point(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check the place of a point."""
    check_points(mark, ("at",), path, faults)


def check_length(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check that a length has two different ends."""
    if check_points(mark, ("from", "to"), path, faults) and mark["from"] == mark["to"]:
        faults.add(path, "no_length", "Both ends of this line are the same place; draw it again.")


def check_box(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check that a box has a width and a height, its `min` corner above and left of its `max` corner."""
    if not check_points(mark, ("min", "max"), path, faults):
        return
    if mark["min"][0] >= mark["max"][0] or mark["min"][1] >= mark["max"][1]:
        message = "The box has no width or no height, or its corners are swapped; draw it again."
        faults.add(path, "box_min_not_below_max", message)


def check_ellipse(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check centre, radii (milli-pixels, above 0) and angle (thousandths of a degree, below 180)."""
    check_points(mark, ("center",), path, faults)
    radii = mark.get("radii", [1, 1])
    if type(radii) is not list or len(radii) != 2 or not all(is_int(r, 1, MAX_COORDINATE) for r in radii):
        message = "The radii must be two whole numbers of thousandths of a pixel, above 0."
        faults.add(at(path, "radii"), "bad_radii", message)
    if not is_int(mark.get("angle_mdeg", 0), 0, HALF_TURN_MDEG - 1):
        message = "The angle must be a whole number of thousandths of a degree, from 0 to 179999."
        faults.add(at(path, "angle_mdeg"), "bad_angle", message)


def check_span(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check the first and last frame of a span, counted from 1."""
    check_range(mark.get("frames", [1, 1]), 1, "frames", at(path, "frames"), faults)
