"""The list of cases, and the file of one."""

import csv
import io
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

import pytest

from audit.log import Reason
from audit.models import Event
from screens.manager.case_list import CASES as LISTED
from tasks.leases import skip
from tests.people import Study, study
from tests.screens.desk import Desk
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
CASES = "/projects/chest/cases/"
WHY = {"reason_code": "later", "note": "Wait for the prior."}


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "other-3")


def page_of(chest: Study, ref: str = "case-1", act: str = "") -> str:
    return f"{CASES}{chest.case(ref).pk}/{f'{act}/' if act else ''}"


def listed(**query: Any) -> list[str]:
    lines = csv.DictReader(io.StringIO(Desk("maria").download(CASES, format="csv", **query)))
    found = [line["reference"] for line in lines]
    page = Desk("maria").get(CASES, **query)
    assert [ref for ref in ("case-1", "case-2", "other-3") if f" {ref} " in page] == sorted(found)
    return found


def test_cases_are_found_by_what_is_asked_for(chest: Study) -> None:
    maria = Desk("maria")
    maria.post(page_of(chest, act="hold"), **WHY)
    maria.post(page_of(chest, "case-2", "priority"), priority="5")
    chest.agree_at_two()
    assert listed() == ["case-1", "case-2", "other-3"]
    assert listed(q="case") == ["case-1", "case-2"]
    assert listed(held="yes") == ["case-1"]
    assert listed(priority="raised") == ["case-2"]
    assert listed(state=["final", "excluded"]) == ["case-2"]
    assert listed(settled="consensus") == ["case-2"]
    assert listed(settled="arbitration", split="train") == []
    assert listed(exclusion="waiting") == []


def test_the_list_is_sorted_and_paged_and_its_address_says_so(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.listing.paging.PAGE_SIZE", 2)
    maria = Desk("maria")
    first = f"{CASES}?sort=-reference&split=train"
    second = next(url for url in maria.links(first) if "cursor=" in url)
    assert "sort=-reference" in second
    assert "split=train" in second
    page = maria.get(second)
    assert ("case-1 " in page, "other-3 " in page, "3 found" in page) == (True, False, True)
    back = next(url for url in maria.links(second) if "cursor=" in url)
    assert "other-3 " in maria.get(back)
    assert 'aria-sort="descending"' in maria.raw(first)
    assert "Begin at its first page" in maria.get(CASES, 422, cursor="bm8=")


def test_every_page_is_seen_once_whatever_it_is_sorted_by(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.listing.paging.PAGE_SIZE", 1)
    for sort in ("reference", "-state", "priority", "-created", "round", "-split"):
        url, seen = f"{CASES}?sort={sort}", ""
        for _ in range(3):
            seen += Desk("maria").get(url)
            url = [link for link in Desk("maria").links(url) if "cursor=" in link][-1]
        assert all(seen.count(f" {ref} ") == 1 for ref in ("case-1", "case-2", "other-3")), sort


def test_a_spreadsheet_takes_no_cell_for_a_formula(chest: Study) -> None:
    chest.register("=1+1")
    assert "'=1+1" in Desk("maria").download(CASES, format="csv")


def test_the_list_asks_the_same_however_long_it_is(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get(CASES)
    with django_assert_max_num_queries(20) as asked:
        maria.get(CASES)
    before = len(asked)
    chest.register(*(f"more-{n}" for n in range(6)))
    with django_assert_max_num_queries(before):
        maria.get(CASES)


def test_a_cases_file_tells_all_that_happened(chest: Study) -> None:
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", note="Look at the margin.")
    chest.review("jana")
    page = Desk("maria").get(page_of(chest))
    for told in (
        "patient-case-1", "Anna Annotator", "return by Jin Junior : boundary", "Read submitted", "(annotate, place 1)",
        "returned", "junior review → annotation", "Maria Manager as manager", "boundary: Look at the margin.",
    ):  # fmt: skip
        assert told in page, told


def test_a_settled_case_shows_its_label(chest: Study) -> None:
    chest.agree_at_two(malignancy=4)
    page = Desk("maria").get(page_of(chest))
    assert "Version 1, determined, by consensus" in page
    assert "Malignancy 4" in page.partition("Label in force")[2]


def test_a_file_asks_the_same_however_much_happened(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    chest.read("anna")
    maria.get(page_of(chest))
    with django_assert_max_num_queries(40) as asked:
        maria.get(page_of(chest))
    before = len(asked)
    chest.read("bob", malignancy=5)
    chest.review("jin")
    chest.review("jana")
    with django_assert_max_num_queries(before + 2):  # a label's content may be asked for
        maria.get(page_of(chest))


def test_each_act_says_what_will_happen_does_it_and_says_so(chest: Study) -> None:
    maria = Desk("maria")
    assert "keeps its place" in maria.get(page_of(chest, act="hold"))
    assert "The case is on hold." in maria.follow(page_of(chest, act="hold"), **WHY)
    assert "Wait for the prior." in maria.get(page_of(chest))
    assert "hands out its work again" in maria.follow(page_of(chest, act="resume"))
    assert "The priority is 0 now" in maria.get(page_of(chest, act="priority"))
    maria.post(page_of(chest, act="priority"), priority="7")
    assert (chest.case().held, chest.case().priority) == (False, 7)


def test_a_refusal_keeps_what_was_typed(chest: Study) -> None:
    maria = Desk("maria")
    page = maria.post(page_of(chest, act="hold"), 422, reason_code="Not a code", note="Some words.")
    assert "lower-case words joined by underscores" in page
    assert "Some words." in page
    assert "Only a final case can be reopened" in maria.post(
        page_of(chest, act="reopen"), 422, readers="none", **WHY
    )
    assert "from -100 to 100" in maria.get(page_of(chest, act="priority")).lower()
    maria.post(page_of(chest, act="priority"), 422, priority="101")
    maria.get(page_of(chest, act="dance"), 404)


def test_a_claimed_case_is_excluded_by_two(chest: Study) -> None:
    maria, mehmet = Desk("maria"), Desk("mehmet")
    chest.claim("anna")
    assert "another manager, who has had no part" in maria.get(page_of(chest, act="exclude"))
    page = maria.follow(page_of(chest, act="exclude"), reason_code="bad_image")
    assert "Maria Manager asked to exclude this case" in page
    assert "must agree: Mehmet Manager." in page
    assert "must agree" in maria.post(page_of(chest, act="approve-exclusion"), 422)
    assert "Exclusions asked 1" in mehmet.get("/projects/chest/")
    mehmet.post(page_of(chest, act="approve-exclusion"))
    assert chest.case().state == "excluded"
    mehmet.post(page_of(chest, act="reinstate"), reason_code="excluded_in_error")
    assert chest.case().state == "annotation"


def test_a_final_case_is_reopened(chest: Study) -> None:
    chest.agree_at_two()
    maria = Desk("maria")
    assert "Round 2 begins" in maria.get(page_of(chest, act="reopen"))
    maria.post(page_of(chest, act="reopen"), readers="new_readers", reason_code="new_evidence")
    assert (chest.case().state, chest.case().round) == ("annotation", 2)
    assert "superseded" in maria.get(page_of(chest))


def test_several_cases_are_held_together_after_a_confirmation(chest: Study) -> None:
    maria = Desk("maria")
    maria.post(page_of(chest, act="hold"), **WHY)
    ids = [str(c.pk) for c in Case.objects.all()]
    asked = maria.get(f"{CASES}together/", do="hold", case=ids)
    assert "2 of 3 chosen cases" in asked
    assert "case-1 is left alone: it is on hold already" in asked
    assert Case.objects.filter(held=True).count() == 1
    maria.post(f"{CASES}together/", 422, do="hold", case=ids, reason_code="")
    done = maria.post(f"{CASES}together/", 200, do="hold", case=ids, **WHY)
    assert "done for 2 of 3 cases" in done
    maria.post(f"{CASES}together/", 200, do="priority", case=ids, priority="9")
    assert set(Case.objects.values_list("held", "priority")) == {(True, 9)}
    assert "done for 3 of 3" in maria.post(f"{CASES}together/", 200, do="resume", case=ids)


def test_columns_tell_lease_guideline_and_what_happened_last(chest: Study) -> None:
    task = chest.claim("anna")
    case = Case.objects.get(pk=task.case_id)
    every = ",".join(LISTED.every())
    [line] = [
        found
        for found in csv.DictReader(io.StringIO(Desk("maria").download(CASES, format="csv", columns=every)))
        if found["id"] == str(case.pk)
    ]
    assert (line["guideline"], line["returns"], line["events"]) == ("1", "0", str(case.audit_seq))
    assert task.lease_until is not None
    assert line["lease until"] == task.lease_until.isoformat()
    last = Event.objects.get(stream_id=case.pk, stream_seq=case.audit_seq)
    assert line["last activity"] == last.db_time.isoformat()


def test_one_comes_back_to_the_list_as_it_was_seen(chest: Study) -> None:
    maria = Desk("maria")
    seen = "q=case&sort=-state&columns=reference,state"
    asked = f"{CASES}together/?do=hold&case={chest.case().pk}&seen={quote(seen + '&evil=1')}"
    assert f"{CASES}?{seen}" in maria.links(asked)
    done = maria.http.post(asked, {"do": "hold", "case": str(chest.case().pk), "seen": seen, **WHY})
    assert f'href="{escape(f"{CASES}?{seen}")}"' in done.content.decode()
    assert escape(seen) in maria.raw(f"{CASES}?{seen}")


def test_nothing_chosen_is_said(chest: Study) -> None:
    assert "Choose from 1 to 200 cases" in Desk("maria").get(f"{CASES}together/", 422, do="hold")
    Desk("maria").get(f"{CASES}together/", 404, do="dance", case="x")
    Desk("maria").get(f"{CASES}together/", 404, do="hold", case="x")


def test_open_work_is_found_by_kind_status_holder_and_matter(chest: Study) -> None:
    chest.claim("anna")
    maria, work = Desk("maria"), "/projects/chest/work/"
    assert "6 found" in maria.get(work)
    assert "1 found" in maria.get(work, 200, status="leased")
    held = maria.get(work, holder=str(chest.members["anna"].pk))
    assert "Anna Annotator" in held
    assert "1 found" in held
    assert "0 found" in maria.get(work, matter="returned")
    assert "2 found" in maria.get(work, case="case-2", kind="annotate")
    assert len(maria.download(work, format="csv").splitlines()) == 7


def test_a_case_that_two_people_passed_on_is_flagged(chest: Study) -> None:
    for name in ("anna", "bob"):
        assert "Skipped twice 0" in Desk("maria").get("/projects/chest/")
        task = chest.claim(name)
        assert task.case_id == chest.case().pk
        assert task.token is not None
        reason = Reason("known_patient", "I know this patient.")
        skip(acting=chest.acting(name), task_id=task.pk, token=task.token, reason=reason)
    maria = Desk("maria")
    assert "Skipped twice 1" in maria.get("/projects/chest/")
    assert listed(skipped="twice") == ["case-1"]
