"""The geometry of polygons: simple, with an area, holes inside; computed on whole numbers where it can be."""

from typing import Any

import shapely

from workflow.labels.coordinates import check_point_at, is_point
from workflow.labels.faults import FaultList, at

MOST_POINTS = 20_000
MOST_HOLES = 200

Ring = list[list[int]]


def check_polygon(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check the outline, then each hole, then how they lie to each other."""
    before = faults.count
    if "points" in mark:
        _check_ring(mark["points"], at(path, "points"), faults)
    holes = mark.get("holes", [])
    if type(holes) is not list or len(holes) > MOST_HOLES:
        message = f"The holes must be a list of at most {MOST_HOLES} outlines."
        faults.add(at(path, "holes"), "bad_holes", message)
        return
    for i, hole in enumerate(holes):
        _check_ring(hole, at(path, "holes", i), faults)
    if faults.count == before and holes and "points" in mark:
        _check_simple(mark["points"], holes, at(path, "holes"), "bad_holes", faults)


def polygon_of(points: Ring, holes: list[Ring]) -> shapely.Polygon:
    """Return the polygon in shapely's form (thousandths of a pixel, which doubles hold exactly)."""
    return shapely.Polygon(points, holes)


def _check_ring(ring: object, path: str, faults: FaultList) -> None:
    if type(ring) is not list or not 3 <= len(ring) <= MOST_POINTS:
        message = f"An outline needs from 3 to {MOST_POINTS} points."
        faults.add(path, "bad_outline", message)
        return
    bad = [i for i, point in enumerate(ring) if not is_point(point)]
    for i in bad:
        check_point_at(at(path, i), ring[i], faults)
    if not bad:
        _check_shape(ring, path, faults)


def _check_shape(ring: Ring, path: str, faults: FaultList) -> None:
    before = faults.count
    for i, point in enumerate(ring):
        if point == ring[(i + 1) % len(ring)]:
            message = "Two points in a row are the same; leave one out (an outline closes by itself)."
            faults.add(at(path, i), "repeated_point", message)
    if doubled_area(ring) == 0:
        faults.add(path, "no_area", "This outline encloses nothing; draw it again.")
    if faults.count == before:
        _check_simple(ring, [], path, "outline_crosses_itself", faults)


def _check_simple(ring: Ring, holes: list[Ring], path: str, code: str, faults: FaultList) -> None:
    reason = shapely.is_valid_reason(polygon_of(ring, holes))
    if reason != "Valid Geometry":
        message = "Outlines must not cross or touch themselves or each other, and holes must lie inside"
        faults.add(path, code, f"{message}: {reason.replace('[', ' at ').rstrip(']')}.")


def doubled_area(ring: Ring) -> int:
    """Return twice the signed area of a ring, exactly (the shoelace formula)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
