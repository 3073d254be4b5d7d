"""Which labels criteria take in, and what they come to: counts that one looks at before locking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, QuerySet
from django.db.models.fields.json import KeyTextTransform

from audit.contents import blob_of
from provenance.models import Dataset
from workflow.counted import counted
from workflow.models import Case, Project, ReferenceLabel
from workflow.states import State

from .criteria import Criteria, stored

MOST_VALUES: Final = 200  # of strata that are counted, the most frequent ones
_STRATA = """
SELECT s.key, s.value, count(*) FROM workflow_case c, jsonb_each_text(c.strata) AS s
WHERE c.id IN ({chosen}) GROUP BY s.key, s.value ORDER BY count(*) DESC, s.key, s.value LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a dataset would hold: cases and patients for each split, and how many labels of each kind.

    `left_out`: the study's cases that are not in it, by why.
    """

    splits: Mapping[str, tuple[int, int]]  # cases, patients
    statuses: Mapping[str, int]
    settled_by: Mapping[str, int]
    guidelines: Mapping[int, int]
    strata: tuple[tuple[str, str, int], ...]
    left_out: Mapping[str, int]

    @property
    def cases(self) -> int:
        """How many cases."""
        return sum(cases for cases, _ in self.splits.values())

    @property
    def patients(self) -> int:
        """How many patients; a patient is in one split alone."""
        return sum(patients for _, patients in self.splits.values())

    def document(self) -> dict[str, Any]:
        """As the manifest has it."""
        return {
            "cases": self.cases,
            "patients": self.patients,
            "splits": [
                {"split": split, "cases": cases, "patients": patients}
                for split, (cases, patients) in self.splits.items()
            ],
            "statuses": dict(self.statuses),
            "settled_by": dict(self.settled_by),
            "guidelines": [{"number": number, "cases": n} for number, n in self.guidelines.items()],
            "strata": [{"stratum": name, "value": value, "cases": n} for name, value, n in self.strata],
            "left_out": dict(self.left_out),
        }

    @property
    def digest(self) -> str:
        """What names these counts: whoever locks has seen them."""
        return blob_of(self.document()).digest


def in_force(project: Project) -> QuerySet[ReferenceLabel]:
    """The labels of a project's final cases, each case's last; pilots and showings have none here."""
    of_study = ReferenceLabel.objects.filter(counted("case__"), case__project=project)
    return of_study.filter(case__state=State.FINAL, round=F("case__round"))


def chosen(project: Project, criteria: Criteria) -> QuerySet[ReferenceLabel]:
    """The labels that the criteria take in."""
    found = in_force(project).filter(status__in=criteria.statuses)
    if criteria.splits:
        found = found.filter(case__split__in=criteria.splits)
    if criteria.guidelines:
        numbers = criteria.guidelines
        found = found.filter(case__rounds__number=F("round"), case__rounds__guideline__number__in=numbers)
    for n, (name, values) in enumerate(criteria.where):
        alias = f"stratum_{n}"
        found = found.alias(**{alias: KeyTextTransform(name, "case__strata")}).filter(
            **{f"{alias}__in": values}
        )
    return found


def held_by(dataset: Dataset) -> QuerySet[ReferenceLabel]:
    """The labels of a locked dataset."""
    return ReferenceLabel.objects.filter(pk__in=dataset.members.values("label"))


def labels_of(dataset: Dataset) -> QuerySet[ReferenceLabel]:
    """The labels of a dataset: those that it holds, or before it is locked those that it would hold now."""
    return held_by(dataset) if dataset.was_locked else chosen(dataset.project, stored(dataset.criteria))


def composition(project: Project, found: QuerySet[ReferenceLabel]) -> Composition:
    """What some labels of a project come to. Six queries, however many there are."""
    splits = found.values_list("case__split").annotate(Count("pk"), Count("case__patient_key", distinct=True))
    by_split = {split: (cases, patients) for split, cases, patients in splits.order_by()}
    return Composition(
        splits={split: by_split[split] for split in Case.Split.values if split in by_split},
        statuses=_counts(found, "status"),
        settled_by=_counts(found, "settled_by"),
        guidelines=_guidelines(found),
        strata=_strata(found),
        left_out=_left_out(project, sum(cases for cases, _ in by_split.values())),
    )


def _counts(found: QuerySet[ReferenceLabel], name: str) -> dict[str, int]:
    return dict(found.values_list(name).annotate(Count("pk")).order_by(name))


def _guidelines(found: QuerySet[ReferenceLabel]) -> dict[int, int]:
    of_round = found.filter(case__rounds__number=F("round"))
    return dict(
        of_round.values_list("case__rounds__guideline__number")
        .annotate(Count("pk"))
        .order_by("case__rounds__guideline__number")
    )


def _strata(found: QuerySet[ReferenceLabel]) -> tuple[tuple[str, str, int], ...]:
    sql, params = found.order_by().values("case_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_STRATA.format(chosen=sql, most=MOST_VALUES), params)
        return tuple(sorted(cursor.fetchall()))


def _left_out(project: Project, taken: int) -> dict[str, int]:
    states = dict(
        Case.objects.filter(counted(), project=project).values_list("state").annotate(Count("pk")).order_by()
    )
    final, excluded = states.pop(State.FINAL, 0), states.pop(State.EXCLUDED, 0)
    return {"excluded": excluded, "final_but_not_chosen": final - taken, "not_final": sum(states.values())}
