"""Agreement and comparisons over the API: the numbers, in words, and never to somebody who still reads."""

import pytest

from api.views.agreement import AgreementOut
from api.views.explained import ConsensusOut
from api.views.monitors import MonitorOut
from api.views.what_if import WhatIfOut
from tests.api.client import As
from tests.api.forms import check_form
from tests.people import labels, study
from tests.provenance.test_label_rows import WITH_FINDINGS, nodule, read
from tests.staff import give
from workflow.measuring import kept

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/projects/chest/agreement"


def test_it_tells_each_field_with_its_numbers() -> None:
    chest = study("case-1", "case-2", guideline=WITH_FINDINGS)
    for reader, left in (("anna", 10000), ("bob", 11000)):
        chest.submit(reader, chest.claim(reader), read(nodule("x", left, solid=True)))
    told = As("aud").get(ADDRESS)
    check_form(AgreementOut(), told, "agreement")
    fields = {field["path"]: field for field in told["agreement"]["fields"]}
    assert fields.keys() == {"finding", "malignancy"}
    assert (told["agreement"]["cases"], told["agreement"]["reads"], told["stale"]) == (1, 2, False)
    [found] = told["agreement"]["findings"]
    assert found["statistics"][0]["value"] == 1


def test_subgroups_and_versions_can_be_asked_for() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    told = As("maria").get(ADDRESS, by="site", guideline=1, split="train")
    [group] = told["agreement"]["subgroups"]["groups"]
    assert (group["value"], group["cases"]) == ("north", 1)
    assert As("maria").get(ADDRESS, 404, guideline=9)["code"] == "not_found"
    As("maria").get(ADDRESS, 422, split="none")


def test_a_large_study_answers_that_it_is_being_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    chest = study("case-1")
    chest.agree_at_two()
    monkeypatch.setattr(kept, "AT_ONCE", 1)
    answer = As("maria").http.get(f"/api/v1{ADDRESS}", headers=As("maria").headers)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["agreement"]) == (202, "5", None)


def test_whoever_reads_a_case_learns_of_no_agreement_until_it_is_final() -> None:
    chest = study("case-1")
    give(chest, "bob", "annotator", "auditor")
    assert As("bob").get(ADDRESS)["agreement"]["reads"] == 0
    chest.read("anna")
    chest.read("bob")
    assert As("bob").get(ADDRESS, 403)["code"] == "not_allowed"
    assert As("bob").get(f"/cases/{chest.case().pk}/consensus", 403)["code"] == "not_allowed"
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    assert As("bob").get(ADDRESS)["agreement"]["reads"] == 2


def test_a_comparison_is_explained_field_by_field() -> None:
    chest = study("case-1")
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana", "correct", correction=labels(malignancy=4))
    told = As("aud").get(f"/cases/{chest.case().pk}/consensus")
    check_form(ConsensusOut(), told, "consensus")
    [comparison] = told["comparisons"]
    assert (comparison["outcome"], comparison["rule"]) == ("escalate", "rule 2+1: 2 reads planned, at most 3")
    assert [one["name"] for one in comparison["reads"]] == ["Anna Annotator", "Bob Annotator"]
    grade = next(field for field in comparison["fields"] if field["path"] == "malignancy")
    assert grade["reads"] == [{"read": "1.1", "value": 3}, {"read": "2.1", "value": 4}]
    assert grade["pairs"][0]["in_words"] == "1.1 and 2.1 differ by 1; 1 is allowed."
    assert grade["in_words"] == "Disputed: reads on both sides of critical cut-off 4."
    assert grade["rule"] == "agree if at most 1 apart; high median; critical cut-off 4"


def test_other_designs_are_tried_on_the_projects_own_reads() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    told = As("maria").get("/projects/chest/what-if", minutes_read="6")
    check_form(WhatIfOut(), told, "what_if")
    assert (
        told["what_if"]["designs"][0]["sentence"]
        == "2+1 would have needed 2.00 reads per case and 0 % arbitration."
    )
    assert told["what_if"]["minutes"]["read"] == 6
    As("maria").get("/projects/chest/what-if", 422, minutes_read="-1")
    As("maria").get("/projects/chest/what-if", 404, protocol="9")


def test_the_monitors_tell_readers_by_name() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    told = As("aud").get("/projects/chest/monitors")
    check_form(MonitorOut(), told, "monitors")
    assert told["readers"][chest.members["anna"].actor_id] == "Anna Annotator"
    assert told["monitor"]["alarms"] == []


def test_a_case_that_was_never_compared_has_no_comparison() -> None:
    chest = study("case-1")
    assert As("maria").get(f"/cases/{chest.case().pk}/consensus")["comparisons"] == []
