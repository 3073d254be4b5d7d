"""The path of a case straight from the raw LIDC records: a few lines that share nothing with the service."""

import gzip
import json
from pathlib import Path

DATA = Path(__file__).parents[2] / "demo" / "data"
MALIGNANCY = 8  # its place in LIDC's order of ratings


def raw_nodules() -> dict[str, dict]:
    """Every nodule record of the data file, by nodule id."""
    document = json.loads(gzip.decompress((DATA / "nodules.json.gz").read_bytes()))
    return {nodule["nodule"]: nodule for nodule in document["nodules"]}


def expected_path(raw: dict) -> str:
    """How a nodule record goes through the tiers, before any agreed case is sampled for the arbiter.

    One of "agreed after 2", "agreed after 3", "arbitrated after 2: cut-off", "arbitrated after 3: cut-off",
    "arbitrated after 3: box", "arbitrated after 3: malignancy", "arbitrated after 3: malignancy and box".
    """
    four = _marks_by_slot(raw)
    for count in (2, 3):
        marks = [mark for mark in four[:count] if mark]
        grades = [mark["ratings"][MALIGNANCY] for mark in marks]
        if grades and min(grades) < 4 <= max(grades):
            return f"arbitrated after {count}: cut-off"
        disputed = _disputed(count, marks, grades)
        if not disputed:
            return f"agreed after {count}"
    return f"arbitrated after 3: {' and '.join(disputed)}"


def _marks_by_slot(raw: dict) -> list[dict | None]:
    marks = raw["reads"]
    if len(marks) == 4:
        return sorted(marks, key=lambda mark: mark["slot"])
    named = {mark["reader"]: mark for mark in marks}
    return [named.get(letter) for letter in "ABCD"]


def _disputed(count: int, marks: list[dict], grades: list[int]) -> list[str]:
    if 2 * len(marks) == count:
        return ["presence"]
    if 2 * len(marks) < count:
        return []
    names = []
    middle = sorted(grades)[1] if len(grades) == 3 else grades[0]
    if sum(abs(grade - middle) <= 1 for grade in grades) < 2:
        names.append("malignancy")
    boxes = [mark["bbox"] for mark in marks]
    if not any(_overlap_by_half(a, b) for i, a in enumerate(boxes) for b in boxes[:i]):
        names.append("box")
    return names


def _overlap_by_half(a: list[int], b: list[int]) -> bool:
    """Whether two half-open boxes have an intersection of at least half of their union, in whole voxels."""
    common = size_a = size_b = 1
    for low in range(3):
        high = low + 3
        common *= max(0, min(a[high], b[high]) - max(a[low], b[low]))
        size_a *= a[high] - a[low]
        size_b *= b[high] - b[low]
    return 2 * common >= size_a + size_b - common


def marked_alike(raw: dict) -> bool:
    """Whether the first two readers of a nodule record agree that there is one."""
    first, second = _marks_by_slot(raw)[:2]
    return bool(first) == bool(second)
