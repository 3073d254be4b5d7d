"""Priorities from outside, many at once: a model's scores say which cases to label first (active learning).

Never in the test split: which test cases are read, and when, must not depend on the model that they will judge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction

from audit.actions import Action
from audit.log import Reason
from workflow.acting import Acting
from workflow.errors import InvalidInput
from workflow.many_cases import ManyCases, on_cases
from workflow.models import Case, Project, Role
from workflow.reasons import fault
from workflow.states import State

from .opening import rank_anew

MOST: Final = 1000
HIGHEST: Final = 100  # the priority of a score of 1
REFUSED: Final = {
    "not_found": "There is no such case in this project.",
    "test_split": "Test cases keep their order: it must not depend on a model that they will judge.",
    "no_work": "The case is final or excluded, so nothing of it is handed out.",
    "bad_score": "A score goes from 0 to 1.",
}


@dataclass(frozen=True, slots=True)
class Score:
    """How much a case is wanted, 0 to 1, by its external reference."""

    external_ref: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one score: `changed`, `unchanged` or `refused` with a code and a sentence."""

    external_ref: str
    result: str
    priority: int | None = None
    code: str = ""
    detail: str = ""


def prioritize(*, acting: Acting, project: Project, scores: Sequence[Score], source: str) -> list[Row]:
    """Turn scores into priorities 0 to 100, each change with its event, all in one transaction.

    source: names what scored, such as a model and its version; it stands with each event as the reason's words.
    """
    acting = acting.using(Role.MANAGER).within(project)
    _check(scores)
    named = Case.objects.filter(project=project, external_ref__in=[one.external_ref for one in scores])
    with transaction.atomic(), on_cases(acting, project, list(named.values_list("pk", flat=True))) as many:
        cases = {case.external_ref: case for case in many.cases.values()}
        rows = [_row(cases.get(one.external_ref), one) for one in scores]
        changed = [(cases[r.external_ref], r.priority or 0) for r in rows if r.result == "changed"]
        _change(many, changed, Reason("scored", source))
    return rows


def _check(scores: Sequence[Score]) -> None:
    if not 1 <= len(scores) <= MOST:
        raise InvalidInput([fault("/scores", "bad_number", f"Send 1 to {MOST} scores.")])
    if len({one.external_ref for one in scores}) < len(scores):
        raise InvalidInput([fault("/scores", "named_twice", "Name each case once.")])


def _row(case: Case | None, one: Score) -> Row:
    if code := _refusal(case, one):
        return Row(one.external_ref, "refused", None, code, REFUSED[code])
    assert case is not None
    priority = int((one.score * HIGHEST).to_integral_value(ROUND_HALF_UP))
    return Row(one.external_ref, "unchanged" if case.priority == priority else "changed", priority)


def _refusal(case: Case | None, one: Score) -> str:
    if case is None:
        return "not_found"
    if case.split == Case.Split.TEST:
        return "test_split"
    if case.state in (State.FINAL, State.EXCLUDED):
        return "no_work"
    return "" if one.score.is_finite() and 0 <= one.score <= 1 else "bad_score"


def _change(many: ManyCases, changed: Iterable[tuple[Case, int]], reason: Reason) -> None:
    cases = []
    for case, priority in changed:
        about = {"from": case.priority, "to": priority}
        where = ("case", case.pk, case.round)
        many.record(case.pk, Action.CASE_PRIORITY_CHANGED, object=where, reason=reason, extra=about)
        case.priority = priority
        cases.append(case)
    Case.objects.bulk_update(cases, ["priority"])
    rank_anew(many.project, cases, many.now())
