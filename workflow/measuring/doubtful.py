"""A batch audit of accepted labels: those that the readers, weighed by their own error rates, speak against.

Dawid & Skene's model (1979) never settles a case; it points at accepted answers that somebody should look at again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workflow.agreement.dawid_skene import dawid_skene
from workflow.consensus.answers import decoded
from workflow.models import Project, Read, ReferenceLabel
from workflow.states import State

from .findings import answer_of
from .study import FirstRead, StudiedCase
from .taken import WITH_COMMITMENT, first_read

BELOW = 0.9
FEWEST = 50  # cases: with fewer, the error rates are guesses
KINDS = ("nominal", "boolean")  # a grade beside another is no error
MODEL = "Dawid & Skene 1979, smoothed by one pseudo-read; a batch audit, never the rule that settles a case"


def doubtful_labels(
    project: Project, cases: Sequence[StudiedCase], fields: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """By field, the cases whose accepted answer has a posterior below .9, the least likely first. Two queries.

    Here reads that were asked for because others differ count too: they are independent votes on the same case.
    """
    labels = ReferenceLabel.objects.filter(case__project=project, case__state=State.FINAL).order_by("version")
    last = {case: (by, data) for case, by, data in labels.values_list("case", "settled_by", "content__data")}
    accepted = {str(case): data["labels"]["fields"] for case, (by, data) in last.items() if by == "consensus"}
    settled = _with_further_reads(project, [case for case in cases if case.case in accepted])
    found = {field["key"]: _of_field(field, settled, accepted) for field in fields if field["kind"] in KINDS}
    return {"model": MODEL, "below": BELOW, "fields": [{"path": key, **one} for key, one in found.items()]}


def _with_further_reads(project: Project, cases: Sequence[StudiedCase]) -> list[StudiedCase]:
    further: dict[tuple[str, int], list[FirstRead]] = defaultdict(list)
    asked = Read.objects.filter(case__project=project, kind=Read.Kind.CONDITIONAL, revision=1)
    for read in asked.select_related("member", *WITH_COMMITMENT):
        further[str(read.case_id), read.round].append(first_read(read))
    return [replace(case, reads=(*case.reads, *further[case.case, case.round])) for case in cases]


def _of_field(
    field: dict[str, Any], cases: Sequence[StudiedCase], accepted: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    key, classes = field["key"], _classes(field)
    rows = [case for case in cases if accepted[case.case].get(key) in classes]
    if len(rows) < FEWEST:
        return {"n": len(rows), "reason": f"The error rates need {FEWEST} accepted answers.", "cases": []}
    readers = sorted({read.reader for case in rows for read in case.reads})
    reads = [[_votes(field, classes, case, reader) for reader in readers] for case in rows]
    model = dawid_skene(reads, classes)
    answers = [accepted[case.case][key] for case in rows]
    told = [
        {
            "case_id": rows[place].case,
            "accepted": answers[place],
            "posterior": model.posterior[place][model.classes.index(answers[place])],
        }
        for place in model.doubtful(answers, BELOW)
    ]
    return {"n": len(rows), "reason": model.reason, "cases": told}


def _classes(field: dict[str, Any]) -> list[Any]:
    return [False, True] if field["kind"] == "boolean" else [one["value"] for one in field["categories"]]


def _votes(field: dict[str, Any], classes: list[Any], case: StudiedCase, reader: str) -> list[Any]:
    """What a reader said of a case: a choice that the guideline of now no longer has is no vote."""
    values = [decoded(field["kind"], answer_of(r, field["key"])) for r in case.reads if r.reader == reader]
    return [value for value in values if value in classes]
