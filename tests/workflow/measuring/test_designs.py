"""What other designs would have needed on a project's own reads: taken rightly from its tables."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.people import Study, create_project, labels, person, study, with_protocol
from workflow.errors import NotFound
from workflow.measuring.designs import what_if_of
from workflow.measuring.pace import minutes_of

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLED = with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": []}})
WHY = {"reason_code": "perception", "rationale": "The margin is clear."}


def two_cases(protocol: dict[str, Any] | None = None) -> Study:
    """Two cases: one agreed at two reads, one at three."""
    chest = study("case-1", "case-2", protocol=protocol)
    for first, second in ((1, 1), (1, 3)):
        chest.read("anna", malignancy=first)
        chest.read("bob", malignancy=second)
        for reviewer in ("jin", "jana"):
            chest.review(reviewer)
    chest.read("cleo", malignancy=1)
    chest.review("jules")
    return chest


def design(document: dict[str, Any] | None, name: str) -> dict[str, Any]:
    assert document is not None
    return next(one for one in document["designs"] if one["design"]["name"] == name)


def test_the_projects_own_design_needs_what_it_needed() -> None:
    chest = two_cases()
    document = what_if_of(chest.project, {}).document
    own = design(document, "2+1")
    assert (own["cases"], own["reads_per_case"]["value"], own["escalated"]["value"]) == (2, 2.5, 0)
    assert own["sentence"] == "2+1 would have needed 2.50 reads per case and 0 % arbitration."
    assert design(document, "2+senior")["escalated"]["value"] == 0.5
    assert design(document, "majority of 3")["reads_per_case"]["value"] is None


def test_agreement_with_the_senior_is_known_only_from_a_blind_sample_of_agreed_cases() -> None:
    unknown = design(what_if_of(two_cases().project, {}).document, "2+1")["agreement_final"]
    assert unknown["value"] is None
    assert "random sample of the agreed cases" in unknown["reason"]


def test_the_senior_counts_with_what_they_read_before_anything_was_shown() -> None:
    chest = study("case-1", protocol=SAMPLED)
    chest.agree_at_two(malignancy=5)
    task = chest.submit("sana", chest.claim("sana"), {"labels": labels(malignancy=1)})
    chest.submit("sana", task, {"outcome": "decided", "labels": labels(malignancy=5), **WHY})
    own = design(what_if_of(chest.project, {}).document, "2+1")
    assert own["agreement_accepted"]["value"] == 0


def test_a_draft_may_be_tried_and_a_missing_version_is_refused() -> None:
    chest = two_cases()
    assert what_if_of(chest.project, {"protocol": 1}).document is not None
    with pytest.raises(NotFound):
        what_if_of(chest.project, {"protocol": 7})


def test_without_a_published_protocol_there_is_nothing_to_go_by() -> None:
    with pytest.raises(NotFound, match="publish both first"):
        what_if_of(create_project(founder=person("maria"), slug="empty", name="Empty"), {})


def test_minutes_are_measured_in_the_log_unless_they_are_given() -> None:
    chest = two_cases()
    took = minutes_of(chest.project, 1.0)
    assert took.read is not None
    assert took.read > 0
    assert took.review is not None
    assert took.arbitration is None
    given = {"minutes_read": 6.0, "minutes_review": 3.0, "minutes_arbitration": 10.0}
    own = design(what_if_of(chest.project, given).document, "2+1")
    # Five reads of six minutes, each with a review of three: three quarters of an hour.
    assert own["hours"]["value"] == pytest.approx(0.75)


def test_the_command_prints_a_table_or_json() -> None:
    two_cases()
    out = StringIO()
    call_command("what_if", "chest", stdout=out)
    assert "2 cases of 2 patients" in out.getvalue()
    assert "2.50 [" in out.getvalue()
    out = StringIO()
    call_command("what_if", "chest", "--json", "-", stdout=out)
    assert design(json.loads(out.getvalue()), "2+1")["reads_per_case"]["value"] == 2.5
    with pytest.raises(CommandError, match="There is no project"):
        call_command("what_if", "nowhere")
    with pytest.raises(CommandError, match="no such version"):
        call_command("what_if", "chest", "--protocol", "9")
