"""The geometry of masks: runs of pixels, row by row, that rise, never touch and stay inside the image."""

from typing import Any

from workflow.labels.coordinates import MAX_INDEX, check_members, is_int
from workflow.labels.faults import FaultList, at, shown

MAX_SIDE = 100_000


def check_mask(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check size and slices of a mask."""
    before = faults.count
    for side in ("rows", "columns"):
        if not is_int(mark.get(side, 1), 1, MAX_SIDE):
            message = f"The {side} of the image must be a whole number from 1 to {MAX_SIDE}."
            faults.add(at(path, side), "bad_size", message)
    # Without a size, only what does not depend on it is checked.
    sized = faults.count == before and {"rows", "columns"} <= mark.keys()
    pixels = mark["rows"] * mark["columns"] if sized else MAX_SIDE**2
    slices = mark.get("slices")
    if slices is None:
        return
    if type(slices) is not list or not slices:
        faults.add(at(path, "slices"), "empty_mask", "A mask needs at least one slice with something drawn.")
        return
    for i, one in enumerate(slices):
        _check_slice(one, pixels, at(path, "slices", i), faults)
    _check_order(slices, at(path, "slices"), faults)
    if faults.count == before:
        _check_on(mark, path, faults)


def _check_slice(one: object, pixels: int, path: str, faults: FaultList) -> None:
    if type(one) is not dict:
        faults.add(path, "wrong_kind", f"A slice of a mask is an object, not {shown(one)}.")
        return
    check_members(one, {"slice", "runs"}, (), path, faults)
    if not is_int(one.get("slice", 0), 0, MAX_INDEX):
        faults.add(at(path, "slice"), "bad_slice", "Slices are counted 0, 1, 2 and so on.")
    if "runs" in one:
        _check_runs(one["runs"], pixels, at(path, "runs"), faults)


def _check_runs(runs: object, pixels: int, path: str, faults: FaultList) -> None:
    if type(runs) is not list or not runs or len(runs) % 2:
        faults.add(path, "bad_runs", "The runs must be pairs of a first pixel and a length, at least one.")
        return
    end = -1
    for i in range(0, len(runs), 2):
        start, length = runs[i], runs[i + 1]
        if not is_int(start, 0, pixels - 1) or not is_int(length, 1, pixels - start):
            faults.add(at(path, i), "run_outside", "This run of pixels is empty or leaves the image.")
            return
        if start <= end:
            message = "The runs must rise and leave a gap between them; join those that touch."
            faults.add(at(path, i), "runs_not_rising", message)
            return
        end = start + length


def _check_order(slices: list[Any], path: str, faults: FaultList) -> None:
    last = -1
    for i, one in enumerate(slices):
        number = one.get("slice") if type(one) is dict else None
        if not is_int(number, 0, MAX_INDEX):
            continue
        if number <= last:
            message = "The slices of a mask must rise, each given once."
            faults.add(at(path, i, "slice"), "slices_not_rising", message)
        last = max(last, number)


def _check_on(mark: dict[str, Any], path: str, faults: FaultList) -> None:
    """Check that `on.slices`, if given, says the same as the slices of the mask itself."""
    on = mark.get("on")
    if type(on) is dict and "slices" in on:
        first, last = mark["slices"][0].get("slice"), mark["slices"][-1].get("slice")
        if on["slices"] != [first, last]:
            message = "These slices differ from the first and last slice of the mask; leave them out."
            faults.add(at(path, "on", "slices"), "slices_disagree", message)
