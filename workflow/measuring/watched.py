"""What monitors watch beside agreement: what became of each reader's reads, and the marks that they drew."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from workflow.consensus.spacing import scale_of
from workflow.counted import counted
from workflow.models import Arbitration, CaseRound, ConsensusReport, Project, Read
from workflow.monitoring.readers import DrawnMark, ReadCase
from workflow.states import State

from .differing import differs
from .study import StudiedCase

DRAWN = ("polygon", "mask")


def read_cases(project: Project) -> list[ReadCase]:
    """Each planned first read of each final case: was the case disputed, and did an arbiter decide otherwise?"""
    reads = Read.objects.filter(
        counted("case__"), case__project=project, case__state=State.FINAL, kind=Read.Kind.PLANNED, revision=1
    ).select_related("case", "content", "member")
    rounds = CaseRound.objects.filter(case__project=project).select_related("guideline", "protocol")
    by_place = {(one.case_id, one.number): one for one in rounds}
    agreed = set(
        ConsensusReport.objects.filter(case__project=project, outcome="accept").values_list("case", "round")
    )
    decided = Arbitration.objects.filter(case__project=project, outcome=Arbitration.Outcome.DECIDED)
    rows = decided.select_related("content").order_by("event__stream_seq")
    answers = {(one.case_id, one.round): one.content.data["labels"] for one in rows}
    return [
        _read_case(
            read, by_place[read.case_id, read.round], answers, (read.case_id, read.round) not in agreed
        )
        for read in reads.order_by("case", "slot").iterator(chunk_size=2000)
    ]


def _read_case(read: Read, round_: CaseRound, answers: dict[Any, Any], disputed: bool) -> ReadCase:
    answer = answers.get((read.case_id, read.round))
    overturned = None
    if answer is not None:
        overturned = differs(round_, scale_of(read.case.shown), read.content.data, answer)
    return ReadCase(read.member.actor_id, f"{read.case_id}/{read.round}", disputed, overturned)


def drawn_marks(cases: Sequence[StudiedCase]) -> dict[str, list[DrawnMark]]:
    """The outlines and masks of all first reads, by the field or finding type that they answer."""
    found: dict[str, list[DrawnMark]] = {}
    for case in cases:
        for read in case.reads:
            for name, mark in _marks(read.labels):
                digest = hashlib.sha256(json.dumps(mark, sort_keys=True).encode()).hexdigest()
                found.setdefault(name, []).append(DrawnMark(case.case, read.reader, digest, _size(mark)))
    return found


def _marks(labels: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in labels.get("fields", {}).items():
        if isinstance(value, dict) and value.get("kind") in DRAWN:
            yield key, value
    for finding in labels.get("findings", ()):
        if finding["mark"].get("kind") in DRAWN:
            yield finding["type"], finding["mark"]


def _size(mark: dict[str, Any]) -> int:
    """The points of an outline, or the pixels of a mask."""
    if mark["kind"] == "polygon":
        return len(mark["points"])
    return sum(sum(one["runs"][1::2]) for one in mark["slices"])
