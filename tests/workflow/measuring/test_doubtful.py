"""Accepted answers that the readers speak against: pointed at, and never changed."""

from typing import Any

import pytest

from tests.people import study
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


def test_an_answer_accepted_against_a_reader_who_is_always_right_is_pointed_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doubtful, "FEWEST", 5)
    chest = study(*(f"case-{n}" for n in range(8)))
    for n in range(8):
        # Both readers use both grades; of one case one says 2 and the other 3, which the protocol takes for the same.
        chest.agree_at_two(malignancy=2 + n % 2) if n else differ(chest)
    found = told(chest.project, "malignancy")
    assert found["n"] == 8
    assert [round(one["posterior"], 1) < 0.9 for one in found["cases"]] == [True]


def differ(chest: Any) -> None:
    """One case whose reads are a grade apart, which the protocol takes for the same."""
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=3)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
