"""The invented part of the demonstration: what junior reviewers return, and why the arbiter decides.

A returned read's first version is LIDC's read with one rating mistyped; LIDC's own read is the rework. Only
ratings that decide no case's path are mistyped, so paths and the agreement on presence, malignancy and the
box follow from LIDC's reads alone.
"""

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from demo.caveats import marked
from demo.lidc import DemoCase, cases, spare_cases
from demo.protocols import DECIDING

REASONS = {
    "scale_reversed": "A scale was read upside down",
    "wrong_category": "A category does not fit what the images show",
    "arbiter_reading": "The arbiter's own reading decides",
    "sample_read": "Read blind as part of the sample of agreed cases",
    "not_determinable": "The images do not settle what the readers dispute",
}
"""The project's reason codes: what each one says."""


@dataclass(frozen=True)
class Verdict:
    """A junior reviewer's verdict on one revision of a read; a reason only where it is returned."""

    verdict: Literal["accept", "return"]
    code: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Decision:
    """The arbiter's answer to what is disputed; equivocal decisions carry no fields."""

    outcome: Literal["determined", "equivocal"]
    fields: dict[str, Any]
    code: str
    text: str


@dataclass(frozen=True)
class _Mistake:
    field: str
    typed: int
    code: str
    text: str


_POPCORN_FOR_NONE = _Mistake(
    "calcification", 1, "wrong_category", "calcification is 1, popcorn, and I see none at all; absent is 6."
)
_TEXTURE_REVERSED = _Mistake(
    "texture", 1, "scale_reversed", "texture is 1, pure ground glass, but the nodule is solid: that is 5."
)
_MARGIN_REVERSED = _Mistake(
    "margin", 5, "scale_reversed", "margin is 5, sharp, and I can hardly find the edge. 1 is poorly defined."
)
_SPICULES_REVERSED = _Mistake(
    "spiculation", 1, "scale_reversed", "spiculation is 1, none, yet there are lines all round. 5 is marked."
)

RETURNED: dict[tuple[str, int], _Mistake] = {
    ("LIDC-IDRI-0010/21/3", 2): _POPCORN_FOR_NONE,
    ("LIDC-IDRI-0012/23/9", 1): _TEXTURE_REVERSED,
    ("LIDC-IDRI-0016/27/4", 3): _MARGIN_REVERSED,
    ("LIDC-IDRI-0012/23/1", 2): _POPCORN_FOR_NONE,
    ("LIDC-IDRI-0050/61/1", 1): _SPICULES_REVERSED,
    ("LIDC-IDRI-0020/31/2", 2): _TEXTURE_REVERSED,
}
"""The reads, by case and slot, of which the first version is returned once."""


def submitted_read(case: DemoCase, slot: int, revision: int) -> dict[str, Any]:
    """What the reader in `slot` submits as this revision (from 1): LIDC's read, or first a mistyped one."""
    read = deepcopy(case.read(slot))
    mistake = RETURNED.get((case.external_ref, slot))
    if mistake and revision == 1:
        read["fields"][mistake.field] = mistake.typed
    return read


def junior_verdict(case_ref: str, slot: int, revision: int) -> Verdict:
    """The verdict on a revision (from 1) of a read: a listed read's first is returned, any other accepted."""
    mistake = RETURNED.get((case_ref, slot))
    if mistake and revision == 1:
        return Verdict("return", mistake.code, marked(mistake.text))
    return Verdict("accept")


def arbiter_decision(case_ref: str, disputed: Collection[str]) -> Decision:
    """What the arbiter decides on the disputed fields; none disputed means a sampled case, read blind.

    The values are those of LIDC's fourth reader. If that reader left no mark, so that a disputed box or
    rating has no value, the case is equivocal. KeyError if the demonstration has no such case.
    """
    answer = _cases_by_ref()[case_ref].read(4)["fields"]
    asked = disputed or [key for key in DECIDING if key in answer]
    if any(key not in answer for key in asked):
        return Decision(
            "equivocal",
            {},
            "not_determinable",
            marked("I see no nodule here, so I cannot choose between two descriptions of one."),
        )
    fields = {key: deepcopy(answer[key]) for key in asked}
    return Decision("determined", fields, *_reason(disputed))


def refused_read(case: DemoCase) -> dict[str, Any]:
    """A read that validation must refuse: the first reader's, its internal structure 5 on a scale to 4.

    LIDC holds one such read, outside this half of it; the fault is real and its place here invented.
    """
    read = deepcopy(case.read(1))
    read["fields"]["internalStructure"] = 5
    return read


def _reason(disputed: Collection[str]) -> tuple[str, str]:
    if not disputed:
        return "sample_read", marked("read before I saw the others.")
    return "arbiter_reading", marked(f"my own reading decides on {', '.join(sorted(disputed))}.")


@cache
def _cases_by_ref() -> dict[str, DemoCase]:
    return {case.external_ref: case for case in (*cases(), *spare_cases())}
