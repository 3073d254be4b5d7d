"""Agreement on findings: how often a mark of one reader has its counterpart, and what readers say of shared ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from workflow.agreement.detections import pooled_f1
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.consensus.engines import Terms
from workflow.consensus.findings import finding_groups
from workflow.consensus.outcomes import ReadInput
from workflow.measuring.study import FirstRead, StudiedCase
from workflow.protocol.fieldrules import FindingRule


@dataclass(frozen=True, slots=True)
class Detected:
    """Findings of one type: how many, marked by how many reads each, and the agreement on their presence."""

    findings: int
    held_by: tuple[tuple[int, int], ...]
    marks: int
    f1: Estimate
    shared: tuple[StudiedCase, ...]


def detected(
    finding_type: dict[str, Any], rule: FindingRule, cases: Sequence[StudiedCase], how: Resampling
) -> Detected:
    """Findings joined over the reads of each case that was read twice or more, as consensus joins them.

    F1 = 2 × pairs of reads that both have a finding / all marks of these pairs, pooled over pairs of reads:
    positive specific agreement, order-free. `shared` holds each finding as a unit whose reads carry its fields.
    """
    cases = [case for case in cases if len(case.reads) > 1]
    hits, marks = np.zeros(len(cases)), np.zeros(len(cases))
    held: dict[int, int] = {}
    units: list[StudiedCase] = []
    for place, case in enumerate(cases):
        for group in finding_groups(finding_type, rule, _inputs(case), Terms(scale=case.scale)):
            readers = {read for read, _ in group}
            held[len(readers)] = held.get(len(readers), 0) + 1
            others = len(case.reads) - 1
            hits[place] += len(list(combinations(readers, 2)))
            marks[place] += len(group) * others
            units.append(_unit(case, group))
    total = int(sum(held.values()))
    f1 = pooled_f1(hits, marks, replace(how, patients=tuple(case.patient for case in cases)))
    f1 = replace(f1, n=int((marks > 0).sum()))  # only cases with marks enter here
    return Detected(total, tuple(sorted(held.items())), _marks(cases, finding_type["key"]), f1, tuple(units))


def _inputs(case: StudiedCase) -> list[ReadInput]:
    return [ReadInput(read.id, dict(read.labels), read.digest, read.slot) for read in case.reads]


def _unit(case: StudiedCase, group: Sequence[tuple[str, dict[str, Any]]]) -> StudiedCase:
    """A finding as a unit of its own: each read's one mark and its fields; a read with several has none."""
    counted = [read for read, _ in group]
    fields = {read: {"mark": one["mark"], **one.get("fields", {})} for read, one in group}
    reads = (
        replace(read, labels={"fields": fields[read.id]} if counted.count(read.id) == 1 else {})
        for read in case.reads
    )
    return replace(case, reads=tuple(reads))


def _marks(cases: Sequence[StudiedCase], key: str) -> int:
    return sum(1 for one in _all_marks(cases) if one["type"] == key)


def _all_marks(cases: Sequence[StudiedCase]) -> Iterator[dict[str, Any]]:
    for case in cases:
        for read in case.reads:
            yield from read.labels.get("findings", ())


def answer_of(read: FirstRead, key: str) -> Any:
    """A read's stored answer to a question, None where it has none."""
    return read.labels.get("fields", {}).get(key)
