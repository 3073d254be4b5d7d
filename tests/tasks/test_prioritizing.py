"""Scores from outside decide what is handed out first, but never in the test split."""

from decimal import Decimal

import pytest

from audit.models import Event
from tasks.models import Task
from tasks.prioritizing import Score, prioritize
from tests.people import Study, study
from workflow.errors import InvalidInput, NotAllowed
from workflow.intake import NewCase, register_cases
from workflow.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def score(of: Study, **scores: str) -> list[tuple[str, str, int | None]]:
    """What becomes of scores, by reference with underscores."""
    given = [Score(name.replace("_", "-"), Decimal(value)) for name, value in scores.items()]
    rows = prioritize(acting=of.acting("maria"), project=of.project, scores=given, source="uncertainty 1.2")
    return [(row.external_ref, row.code or row.result, row.priority) for row in rows]


def test_the_most_wanted_case_is_handed_out_first(chest: Study) -> None:
    assert score(chest, case_2="0.2", case_3="0.905") == [
        ("case-2", "changed", 20),
        ("case-3", "changed", 91),
    ]
    order = [Case.objects.get(pk=chest.claim(name).case_id).external_ref for name in ("anna", "bob", "cleo")]
    assert order == ["case-3", "case-3", "case-2"]
    told = Event.objects.filter(action="case.priority_changed")
    assert told.count() == 2


def test_a_score_that_changes_nothing_is_no_event(chest: Study) -> None:
    assert score(chest, case_1="0") == [("case-1", "unchanged", 0)]
    assert not Event.objects.filter(action="case.priority_changed").exists()


def test_test_cases_finished_cases_and_unknown_ones_are_refused_row_by_row(chest: Study) -> None:
    boss = chest.acting("maria")
    register_cases(acting=boss, project=chest.project, cases=[NewCase("held-out", "p9", "test", {})])
    chest.exclude(ref="case-1")
    rows = score(chest, held_out="0.9", case_1="0.9", nowhere="0.9", case_2="1.5", case_3="1")
    assert [code for _, code, _ in rows] == ["test_split", "no_work", "not_found", "bad_score", "changed"]
    assert Case.objects.get(external_ref="held-out").priority == 0


def test_a_case_is_named_once_and_only_managers_score(chest: Study) -> None:
    with pytest.raises(InvalidInput):
        prioritize(
            acting=chest.acting("maria"),
            project=chest.project,
            scores=[Score("case-1", Decimal(1))] * 2,
            source="x",
        )
    with pytest.raises(NotAllowed):
        prioritize(
            acting=chest.acting("anna"),
            project=chest.project,
            scores=[Score("case-1", Decimal(1))],
            source="x",
        )


def test_what_entered_behind_everybodys_place_is_found(chest: Study) -> None:
    score(chest, case_3="1")
    ranks = dict(Task.objects.values_list("case__external_ref", "rank"))
    assert ranks["case-3"] < ranks["case-1"]
