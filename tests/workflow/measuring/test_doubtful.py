"""Accepted answers that the readers speak against: pointed at, and never changed."""

from typing import Any

import pytest

from tests.people import Study, study
from workflow.measuring import doubtful
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions
from workflow.models import Project

pytestmark = pytest.mark.django_db(transaction=True)


def told(project: Project, path: str) -> dict[str, Any]:
    document = agreement_of(project, Conditions()).document
    assert document is not None
    return next(one for one in document["doubtful"]["fields"] if one["path"] == path)


def test_a_few_cases_tell_nothing_of_error_rates() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    assert "need 50 accepted answers" in told(chest.project, "finding")["reason"]


def test_an_answer_that_two_of_three_gave_against_the_third_is_pointed_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubtful, "FEWEST", 5)
    chest = study("case-0")
    two_against_one(chest)
    chest.register(*(f"case-{n}" for n in range(1, 8)))
    for n in range(7):
        chest.agree_at_two(finding=("mass", "none")[n % 2])
    found = told(chest.project, "finding")
    assert found["n"] == 8
    # Three reads count, also the one that was asked for: the answer of two is likely, yet not beyond doubt.
    assert [(one["accepted"], 0.5 < one["posterior"] < 0.9) for one in found["cases"]] == [("mass", True)]


def two_against_one(chest: Study) -> None:
    """One case on which the first two readers differ, and the third sides with one of them."""
    chest.read("anna", finding="mass")
    chest.read("bob", finding="none")
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    chest.read("cleo", finding="mass")
    chest.review("jules")
