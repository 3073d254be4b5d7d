"""The real part of the demonstration: LIDC-IDRI's reads as cases with four readers' answers each.

Two sets of cases. *Rating* cases are the 176 nodules whose outlines by four readers are at hand. *Detection*
cases are nodules that one to three of the scan's four readers marked; a reader without a mark answers no.
That there were four, and which of them left no mark, is known only where the data name the readers A to D,
so detection cases come from those scans alone (see `demo/data/README.md`).
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from statistics import median_low
from typing import Any, cast

from demo.scales import SCALES

Json = dict[str, Any]
DATA = Path(__file__).with_name("data")
SLOTS = "ABCD"
RATING_PER_DETECTION = 3


@dataclass(frozen=True)
class DemoCase:
    """A case as it is taken in, with the four answers (`consilium/read/v1`) that its readers will give."""

    external_ref: str
    patient_key: str
    split: str
    strata: dict[str, str]
    place: Json
    reads: tuple[Json, Json, Json, Json]

    def read(self, slot: int) -> Json:
        """The answer of the reader in `slot`, 1 to 4."""
        return self.reads[slot - 1]


def cases(limit: int | None = None) -> list[DemoCase]:
    """The first `limit` cases of the study, or all 236.

    Three rating cases, then one detection case, and so on, each set in the order of its nodule ids: the
    first case is arbitrated, and among the first eight each way through the tiers occurs.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"A demonstration needs at least one case, not {limit}.")
    rating, detection, mixed = nodule_cases(), detection_cases(), list[DemoCase]()
    for turn in range(len(detection)):
        mixed += rating[RATING_PER_DETECTION * turn : RATING_PER_DETECTION * (turn + 1)]
        mixed.append(detection[turn])
    return mixed[:limit]


def nodule_cases() -> list[DemoCase]:
    """The 176 nodules that four readers outlined, by nodule id."""
    outlined = {nodule["nodule"] for nodule in _load("contours")["nodules"]}
    return [_case(nodule, "rating") for nodule in _nodules() if nodule["nodule"] in outlined]


def detection_cases(n: int = 60) -> list[DemoCase]:
    """`n` nodules marked by one, two or three of four named readers, by nodule id.

    Chosen in turn, one that one reader marked, one that two did, one that three did, each in the order of
    the nodule ids; a kind that runs out (there are 17 with two marks) is passed over.
    """
    groups = [
        [nodule for nodule in _nodules() if nodule["n_readers"] == marks and _four_are_named(nodule)]
        for marks in (1, 2, 3)
    ]
    in_turn = [nodule for turn in zip_longest(*groups) for nodule in turn if nodule]
    return [_case(nodule, "detection") for nodule in sorted(in_turn[:n], key=lambda one: str(one["nodule"]))]


def spare_cases(n: int = 12) -> list[DemoCase]:
    """`n` more four-reader nodules, outside the 236: work to leave open, so that each queue has some."""
    outlined = {nodule["nodule"] for nodule in _load("contours")["nodules"]}
    spare = [nodule for nodule in _nodules() if nodule["n_readers"] == 4 and nodule["nodule"] not in outlined]
    return [_case(nodule, "rating") for nodule in spare[:n]]


def record(external_ref: str) -> tuple[Json, Json, Json | None]:
    """A case's nodule and its scan as the data hold them, and its outlines if they do; KeyError for no such case."""
    by_ref = {nodule["nodule"]: nodule for nodule in _nodules()}
    outlined = {nodule["nodule"]: nodule for nodule in _load("contours")["nodules"]}
    nodule = by_ref[external_ref]
    return nodule, _scans()[nodule["scan"]], outlined.get(external_ref)


def split_of(patient: str) -> str:
    """train (70 %), tune (10 %) or test (20 %), from the SHA-256 of the patient's id alone."""
    percent = int(hashlib.sha256(patient.encode()).hexdigest()[:8], 16) % 100
    return "train" if percent < 70 else "tune" if percent < 80 else "test"


@cache
def _load(name: str) -> Json:
    return cast(Json, json.loads(gzip.decompress((DATA / f"{name}.json.gz").read_bytes())))


@cache
def _scans() -> dict[int, Json]:
    return {scan["scan_id"]: scan for scan in _load("nodules")["scans"]}


@cache
def _nodules() -> list[Json]:
    """The unambiguous nodules by id; ambiguous means more marks than readers, so the clustering failed."""
    return sorted(
        (nodule for nodule in _load("nodules")["nodules"] if not nodule["ambiguous"]),
        key=lambda nodule: str(nodule["nodule"]),
    )


@cache
def _readers_of_scans() -> dict[int, set[str]]:
    readers: dict[int, set[str]] = {}
    for nodule in _load("nodules")["nodules"]:
        readers.setdefault(nodule["scan"], set()).update(read["reader"] for read in nodule["reads"])
    return readers


def _four_are_named(nodule: Json) -> bool:
    return _readers_of_scans()[nodule["scan"]] == set(SLOTS)


def _case(nodule: Json, question: str) -> DemoCase:
    scan = _scans()[nodule["scan"]]
    return DemoCase(
        external_ref=nodule["nodule"],
        patient_key=scan["patient"],
        split=split_of(scan["patient"]),
        strata={"question": question, **_strata(scan, nodule["reads"])},
        place=_place(scan["series_uid"], [read["bbox"] for read in nodule["reads"]]),
        reads=_four_answers(nodule["reads"], scan["series_uid"]),
    )


def _strata(scan: Json, marks: list[Json]) -> dict[str, str]:
    """Bands of slice thickness and diameter (lower median over the marks), and whether contrast was given."""
    thickness = scan["slice_thickness_mm"]
    diameter = median_low(_diameter_mm(mark["bbox"], scan["pixel_spacing_mm"]) for mark in marks)
    return {
        "slice_thickness": "thin" if thickness <= 1.25 else "medium" if thickness <= 2.5 else "thick",
        "contrast": "given" if scan["contrast"] else "none",
        "size": "under_6_mm" if diameter < 6 else "6_to_8_mm" if diameter <= 8 else "over_8_mm",
    }


def _diameter_mm(box: list[int], spacing: float) -> float:
    """The longer edge in the plane; the outline's own pixels, one on either side, are not nodule."""
    return (max(box[3] - box[0], box[4] - box[1]) - 2) * spacing


def _place(series: str, boxes: list[list[int]]) -> Json:
    """The point that the question is about: the centre of all marks together."""
    low = [min(box[axis] for box in boxes) for axis in range(3)]
    high = [max(box[axis + 3] for box in boxes) for axis in range(3)]
    middle = (low[2] + high[2] - 1) // 2
    at = [(low[1] + high[1]) * 500, (low[0] + high[0]) * 500]
    return {"kind": "point", "on": {"series": series, "slices": [middle, middle]}, "at": at}


def _four_answers(marks: list[Json], series: str) -> tuple[Json, Json, Json, Json]:
    by_slot = dict(_by_slot(marks))
    one, two, three, four = (_answer(by_slot.get(slot), series) for slot in range(1, 5))
    return one, two, three, four


def _by_slot(marks: list[Json]) -> Iterator[tuple[int, Json]]:
    """With four marks the data's own slot; with fewer, the named reader's place in A to D."""
    for mark in marks:
        yield (mark["slot"] if len(marks) == 4 else SLOTS.index(mark["reader"]) + 1), mark


def _answer(mark: Json | None, series: str) -> Json:
    fields: Json = {"nodule_present": mark is not None}
    if mark is not None:
        fields["nodule"] = _box(mark["bbox"], series)
        fields |= dict(zip((scale.key for scale in SCALES), mark["ratings"], strict=True))
    return {"schema": "consilium/read/v1", "fields": fields, "findings": []}


def _box(box: list[int], series: str) -> Json:
    """From half-open pixels (row, column, slice) to thousandths of a pixel and inclusive slices."""
    top, left, first, bottom, right, after = box
    return {
        "kind": "box",
        "on": {"series": series, "slices": [first, after - 1]},
        "min": [left * 1000, top * 1000],
        "max": [right * 1000, bottom * 1000],
    }
