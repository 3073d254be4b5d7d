"""The page of agreement: figures with what they rest on, never one coefficient alone, never to somebody who reads."""

import pytest

from screens.quality.intervals import interval_of
from screens.quality.monitors import alarm_row
from screens.quality.rows import number
from tests.people import labels, study, with_protocol
from tests.screens.desk import Desk
from tests.staff import give
from workflow.measuring import kept
from workflow.versions import draft_protocol

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/projects/chest/quality/"


@pytest.mark.parametrize(("name", "page"), [("maria", PAGE), ("aud", "/audit/chest/quality/")])
def test_it_tells_the_figures_and_what_they_rest_on(name: str, page: str) -> None:
    chest = study(
        "case-1", "case-2", protocol=with_protocol(acceptance={"malignancy": {"alpha_lower": "0.667"}})
    )
    for reader, grades in (("anna", (1, 5)), ("bob", (2, 5))):
        for grade in grades:
            chest.read(reader, malignancy=grade)
    told = Desk(name).get(page)
    for words in (
        "4 planned first reads of 2 cases (2 read twice or more) by 2 readers", "revision 1 as submitted",
        "they say nothing of others", "Krippendorff’s α", "AC2, quadratic weights", "at least 4",
        "lower end ≥ 0.667", "Not available, because no case was agreed.",
    ):  # fmt: skip
        assert words in told, words


def test_what_is_undefined_says_why() -> None:
    chest = study("case-1")
    for reader in ("anna", "bob"):
        chest.read(reader)
    assert "Every read gives the same value" in Desk("maria").get(PAGE)


def test_subgroups_are_shown_as_exploratory_and_bad_conditions_refused() -> None:
    chest = study("case-1")
    chest.read("anna")
    desk = Desk("maria")
    told = desk.get(f"{PAGE}?by=site&guideline=1&split=train")
    assert "north 1 case" in told
    assert "Subgroups are exploratory" in told
    desk.get(f"{PAGE}?by=weather", 422)


def test_a_large_study_is_measured_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    chest = study("case-1")
    chest.read("anna")
    monkeypatch.setattr(kept, "AT_ONCE", 0)
    assert "measured in the background" in Desk("maria").get(PAGE)


def test_a_manager_who_reads_sees_no_agreement_while_their_case_is_open() -> None:
    chest = study("case-1")
    give(chest, "bob", "annotator", "manager")
    chest.read("bob", malignancy=1)
    assert "their agreement stays closed to you" in Desk("bob").get(PAGE, 403)


def test_the_sample_of_agreed_cases_is_told_with_its_bound() -> None:
    sampled = with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": ["positive"]}})
    chest = study("case-1", protocol=sampled)
    chest.agree_at_two(malignancy=5)
    task = chest.submit("sana", chest.claim("sana"), {"labels": labels(malignancy=2)})
    why = {"reason_code": "perception", "rationale": "The margin is clear."}
    chest.submit("sana", task, {"outcome": "decided", "labels": labels(malignancy=5), **why})
    told = Desk("maria").get(PAGE)
    assert "Of 1 agreed case read, 1 turned out otherwise." in told
    assert "positive yes" in told


def test_an_interval_is_a_picture_only_between_minus_one_and_one() -> None:
    drawn = interval_of({"value": 0.5, "ci95": [-0.9, 1.0]}, "0.667")
    assert drawn is not None
    assert (drawn.low, drawn.high, drawn.zero, drawn.value, drawn.width) == (0, 100, 20, 60, 100)
    assert interval_of({"value": 3.2, "ci95": None}) is None
    told = {
        "statistic": "mean_distance",
        "value": 3.25,
        "ci95": [3, 3.5],
        "interval": "",
        "n": 4,
        "reason": None,
    }
    assert (number(told).value, number(told).between) == ("3.25", "3.00 to 3.50")


def test_other_designs_are_told_as_a_panel_of_the_protocol_editor() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    desk = Desk("maria")
    told = desk.get("/projects/chest/what-if/")
    assert "2+1 would have needed 2.00 reads per case and 0 % arbitration." in told
    assert "random sample of the agreed cases" in told
    draft = draft_protocol(acting=chest.acting("maria"), project=chest.project, document={"reads": {}})
    panel = f"/projects/chest/protocol/{draft.number}/what-if/"
    assert panel in desk.http.get(f"/projects/chest/protocol/{draft.number}/edit/").content.decode()
    assert "This draft has faults; mend them first." in desk.get(panel)


def test_before_any_comparison_nothing_is_said_of_designs() -> None:
    study("case-1")
    assert "Nothing can be said yet" in Desk("maria").get("/projects/chest/what-if/")


@pytest.mark.parametrize(
    ("name", "page"), [("maria", f"{PAGE}watch/"), ("aud", "/audit/chest/quality/watch/")]
)
def test_what_is_watched_is_told_with_its_false_alarm_rate_and_readers_by_name(name: str, page: str) -> None:
    chest = study("case-1")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    chest.arbitrate(labels={"fields": {"finding": "nodule", "malignancy": 5}})
    told = Desk(name).get(page)
    for words in (
        "Nothing alarms.", "at most 5 %", "Anna Annotator 1 of 1, 100 %", "no ranking", "Anna Annotator and Bob",
        "1 double-read cases: a window holds 50.",
    ):  # fmt: skip
        assert words in told, words


def test_an_alarm_names_its_readers_and_asks_what_it_may_mean() -> None:
    alarm = {
        "kind": "pair_too_alike", "field": "malignancy", "subgroup": None, "about": "act_1 and act_2",
        "words": "They agree on 9 of 9 cases.",
    }  # fmt: skip
    row = alarm_row(alarm, {"act_1": "Anna", "act_2": "Bob"}, {"malignancy": "Malignancy"})
    assert (row.where, "copied?" in row.heading) == ("Malignancy, Anna and Bob", True)
