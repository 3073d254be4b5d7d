"""An auditor's screens: the log, its events, cases and registers. They only read, and never show a patient."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import resolve

from audit.models import Event
from screens.auditor.urls import urlpatterns
from tests.datasets import composed
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import give

pytestmark = pytest.mark.django_db(transaction=True)
LOG, EXPORTS = "/audit/chest/log/", "/audit/chest/exports/"
PROOF = "/audit/chest/cases/{case}/tlog-proof"
PAGES = [
    LOG, f"{LOG}{{event}}/", "/audit/chest/cases/", "/audit/chest/cases/{case}/", "/audit/chest/versions/",
    "/audit/chest/guideline/1/", "/audit/chest/protocol/1/", "/audit/chest/readers/", "/audit/chest/readers/{member}/",
    EXPORTS, "/audit/chest/", "/audit/chest/quality/", "/audit/chest/quality/watch/",
    "/audit/chest/cases/{case}/dossier/", PROOF, "/audit/chest/access/",
    "/audit/chest/datasets/", "/audit/chest/datasets/{dataset}/",
]  # fmt: skip


@pytest.fixture
def chest() -> Study:
    chest = study("case-1")
    composed(chest)
    return chest


def address(chest: Study, page: str) -> str:
    event = Event.objects.filter(stream_id=chest.case().pk).latest("pk").event_id
    dataset = chest.project.datasets.get().pk
    return page.format(case=chest.case().pk, member=chest.members["anna"].pk, event=event, dataset=dataset)


def lines(**query: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Desk("aud").download(LOG, format="csv", **query))))


def test_the_doors_are_the_auditors_alone(chest: Study) -> None:
    assert {resolve(address(chest, p)).url_name for p in (*PAGES, "/audit/")} == {p.name for p in urlpatterns}
    nowhere = Desk("otto").get("/audit/nowhere/log/", 404)
    for page in PAGES:
        Desk("aud").get(address(chest, page), 409 if page == PROOF else 200)  # nothing is signed yet
        assert "needs the role auditor" in Desk("maria").get(address(chest, page), 403)
        Desk("anna").get(address(chest, page), 403)
        assert Desk("otto").get(address(chest, page), 404) == nowhere
        Desk("aud").post(address(chest, page), 422 if page == EXPORTS else 405)
    assert "Chest localhost" in Desk("aud").get("/audit/")
    assert "You audit no project" in Desk("maria").get("/audit/")


def test_no_page_names_a_patient(chest: Study) -> None:
    chest.agree_at_two()
    aud = Desk("aud")
    for page in PAGES:
        assert "patient-" not in aud.raw(address(chest, page)), page
    for event in Event.objects.filter(stream_id=chest.case().pk):
        assert "patient-" not in aud.raw(f"{LOG}{event.event_id}/")
    assert "patient-" not in aud.download(LOG, format="csv") + aud.download(LOG, format="json")


def test_the_log_is_narrowed_by_act_actor_time_and_case(chest: Study) -> None:
    chest.read("anna")
    assert len(lines()) == Event.objects.count()
    assert {line["action"] for line in lines(kind="guideline.*")} == {
        "guideline.published",
        "guideline.acknowledged",
    }
    assert {line["name"] for line in lines(actor=chest.members["anna"].actor_id)} == {"Anna Annotator"}
    assert {line["chain"] for line in lines(case="case-1")} == {str(chest.case().pk)}
    assert lines(case=str(chest.case().pk)) == lines(case="case-1")
    assert lines(case="case-9") == lines(until="2020-01-01") == lines(since="2999-01-01") == []
    assert len(lines(kind="read.submitted", case="case-1", since="2020-01-01 00:00")) == 1
    page = Desk("aud").get(LOG, 422, since="yesterday")
    assert "Enter a valid date/time." in page


def test_a_line_tells_who_what_from_which_to_which_why_and_under_what(chest: Study) -> None:
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", note="Look at the margin.")
    chest.review("jana")
    chest.read("anna", malignancy=2)
    [revised] = lines(kind="read.revised")
    assert revised["before"].startswith("sha256:")
    assert revised["after"].startswith("sha256:")
    assert (revised["name"], revised["role"], revised["reason"]) == (
        "Anna Annotator",
        "annotator",
        "returned_by_reviewer",
    )
    assert (revised["guideline"], revised["protocol"], revised["leaf"]) == ("1", "1", "")
    page = Desk("aud").get(LOG, kind="review.returned")
    for told in (
        "review.returned",
        "Jin Junior",
        "boundary: Look at the margin.",
        "1 / 1",
        "not yet",
    ):
        assert told in page, told


def test_an_erased_reason_says_so(chest: Study, owner_connection: Any) -> None:
    chest.read("anna")
    chest.review("jin", "return", note="Look at the margin.")
    owner_connection.execute(
        "DELETE FROM audit_opening WHERE value = %s", [json.dumps("Look at the margin.")]
    )
    owner_connection.commit()
    assert "boundary (words erased)" in Desk("aud").get(LOG, kind="review.returned")


def test_the_json_holds_the_very_events_that_were_hashed(chest: Study) -> None:
    from audit.canonical import canonical
    from audit.merkle import leaf_hash

    found = json.loads(Desk("aud").download(LOG, format="json"))
    assert len(found) == Event.objects.count()
    assert all(f"sha256:{leaf_hash(canonical(each['event'])).hex()}" == each["leaf_hash"] for each in found)
    assert json.loads(Desk("aud").download(LOG, format="json", case="none")) == []


def test_the_log_pages_and_asks_the_same_however_long_it_is(
    chest: Study, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    aud = Desk("aud")
    first = next(url for url in aud.links(LOG) if "cursor=" in url) if Event.objects.count() > 50 else ""
    monkeypatch.setattr("screens.listing.paging.PAGE_SIZE", 5)
    seen: list[str] = []
    url = LOG
    while url:
        seen += re.findall(r"/audit/chest/log/([0-9a-f-]{36})/", aud.raw(url))
        url = next((link for link in aud.links(url) if "cursor=" in link and _is_next(aud, url, link)), "")
    assert len(set(seen)) == Event.objects.count()
    monkeypatch.setattr("screens.listing.paging.PAGE_SIZE", 40)
    with django_assert_max_num_queries(20) as asked:
        aud.get(LOG)
    before = len(asked)
    chest.register("case-2", "case-3")
    with django_assert_max_num_queries(before):
        aud.get(LOG)
    assert first is not None


def _is_next(aud: Desk, page: str, link: str) -> bool:
    return f'href="{link.replace("&", "&amp;")}" rel="next"' in aud.raw(page)


def test_an_event_shows_its_whole_body_and_what_it_cites(chest: Study) -> None:
    chest.read("anna", malignancy=4)
    event = Event.objects.get(action="read.submitted")
    page = Desk("aud").get(f"{LOG}{event.event_id}/")
    for told in (
        '"schema": "consilium/audit-event/v1"',
        '"malignancy": 4',
        "consilium/display/v1",
        "Displayed ",
        "After it →",
    ):
        assert told in page, told
    Desk("aud").get(f"{LOG}{chest.case().pk}/", 404)


def test_a_cases_timeline_goes_from_intake_to_label_with_superseded_reads(chest: Study) -> None:
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=1)
    chest.review("jin", "return")
    chest.review("jana")
    chest.read("anna", malignancy=2)
    chest.review("jin")
    page = Desk("aud").get(address(chest, "/audit/chest/cases/{case}/"))
    for told in (
        "case.created",
        "label.released",
        "planned, revision 1",
        "planned, revision 2",
        "superseded",
        "determined",
    ):
        assert told in page, told
    display = chest.case().reads.get(revision=2).display_id
    assert page.count(display.removeprefix("sha256:")[:12]) == 2
    assert bytes(chest.case().audit_head).hex() in page


def test_an_auditor_who_reads_a_case_learns_nothing_of_it_before_it_is_final(chest: Study) -> None:
    give(chest, "bob", "annotator", "auditor")
    chest.read("anna")
    chest.claim("bob", kinds=["annotate"])
    bob, event = Desk("bob"), Event.objects.get(action="read.submitted").event_id
    assert "play a part" in bob.get(address(chest, "/audit/chest/cases/{case}/"), 403)
    bob.get(f"{LOG}{event}/", 404)
    assert "case-1" not in bob.get(LOG, case="case-1").partition("found")[2]
    assert "read.submitted" not in bob.download(LOG, format="csv")
    assert "0 found" in bob.get("/audit/chest/cases/")


def test_the_register_of_versions_counts_what_was_made_under_each(chest: Study) -> None:
    chest.agree_at_two()
    page = Desk("aud").get("/audit/chest/versions/")
    assert f"Version 1 published {chest.guideline.content_id}" in page
    assert "Maria Manager changes meaning First version. 10 1 1" in page
    assert "Look at the whole image" in Desk("aud").get("/audit/chest/guideline/1/")
    Desk("aud").get("/audit/chest/guideline/9/", 404)


def test_the_register_of_readers_keeps_every_snapshot(chest: Study) -> None:
    give(chest, "anna", "junior_reviewer")
    page = Desk("aud").get(f"/audit/chest/readers/{chest.members['anna'].pk}/")
    assert "account.registered" in page
    assert "account.role_granted: junior reviewer" in page
    assert page.count("consilium/credential-snapshot/v1") == 2
    assert "physician, radiology, 7 years" in Desk("aud").get("/audit/chest/readers/")
