"""The auditor reads who saw what when, finds it by person, case, time and kind, and sees where it is sealed."""

import csv
import html
import io
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from audit.access import Code
from audit.models import Access, AccessBatch
from tests.api.client import As
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.sealed import a_sealer, seal_all
from tests.staff import give
from workflow.access_sealing import seal_access
from workflow.seeing import saw, saw_case, saw_list

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, API = "/audit/chest/access/", "/projects/chest/access"


@pytest.fixture
def chest() -> Study:
    """Anna saw two frames of a case, Maria its file, and Mehmet the list of cases."""
    new = study("case-1", "case-2")
    case = new.case().pk
    where = {"case_id": case, "study": "2.25.1", "series": "2.25.22222222", "frames": [1, 7]}
    saw(new.acting("anna"), "frames", code=Code.INSTANCES_ACCESSED, **where)
    saw_case(new.acting("maria"), case)
    saw_list(new.acting("mehmet"))
    return new


def rows(**query: Any) -> list[dict[str, str]]:
    """The file of what was asked for; what this itself leaves is left out."""
    found = csv.DictReader(io.StringIO(Desk("aud").download(PAGE, format="csv", **query)))
    return [row for row in found if row["what"] != "access_log"]


def test_the_page_tells_who_saw_what_of_which_case(chest: Study) -> None:
    page = Desk("aud").get(PAGE)
    for told in (
        "Anna Annotator annotator act_",
        "frames of images DICOM Instances Accessed (110103) case-1 series …22222222 frames 1, 7 waits for its batch",
        "a case’s file or task Patient Record (110110) case-1",
        "a list Query (110112)",
        "Aud Auditor auditor",
        "this log Audit Log Used (110101)",
    ):
        assert told in page, told
    assert "patient-" not in page


def test_reading_it_is_a_row_of_it_each_time(chest: Study) -> None:
    Desk("aud").get(PAGE)
    rows()
    As("aud").get(API)
    kept = Access.objects.filter(what="access_log").values_list("actor", "code")
    assert list(kept) == [(chest.members["aud"].actor_id, "110101")] * 3


def test_it_is_narrowed_by_person_case_time_and_kind(chest: Study) -> None:
    anna, case = chest.members["anna"].actor_id, chest.case()
    hour = timedelta(hours=1)
    later, before = (f"{datetime.now(UTC) + way:%Y-%m-%d %H:%M}" for way in (hour, -hour))
    for query, found in (
        ({}, {"frames", "record", "query"}),
        ({"actor": anna}, {"frames"}),
        ({"what": "query"}, {"query"}),
        ({"code": "110110"}, {"record"}),
        ({"case": "case-1"}, {"frames", "record"}),
        ({"case": str(case.pk)}, {"frames", "record"}),
        ({"case": "case-2"}, set()),
        ({"since": before, "until": later}, {"frames", "record", "query"}),
        ({"since": later}, set()),
        ({"until": before}, set()),
    ):
        assert {row["what"] for row in rows(**query)} == found, query
    (row,) = rows(actor=anna)
    assert (row["name"], row["reference"], row["frames"], row["series"]) == (
        *("Anna Annotator", "case-1", "1 7"),
        "2.25.22222222",
    )
    assert "422" not in Desk("aud").get(PAGE, 422, since="yesterday")


def test_each_row_leads_to_the_event_of_its_batch_and_says_whether_that_is_signed(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    seal_access(chest.project.pk)
    event = AccessBatch.objects.get().event_id
    assert "not yet" in Desk("aud").get(PAGE, actor=chest.members["anna"].actor_id)
    assert f"/audit/chest/log/{event}/" in Desk("aud").links(PAGE)
    assert "access.batch" in Desk("aud").get(f"/audit/chest/log/{event}/")
    seal_all(a_sealer(tmp_path), own_databases)
    assert ", signed" in Desk("aud").get(PAGE, actor=chest.members["anna"].actor_id)
    (told,) = As("aud").get(API, what="frames")["results"]
    assert told["event_id"] == str(event)
    assert isinstance(told["leaf_index"], int)


def test_whoever_plays_a_part_finds_nothing_of_the_case_until_it_is_final(chest: Study) -> None:
    give(chest, "bob", "annotator", "auditor")
    chest.read("anna")
    chest.read("bob")
    found = csv.DictReader(io.StringIO(Desk("bob").download(PAGE, format="csv")))
    assert {row["what"] for row in found} == {"query", "access_log"}
    assert {row["what"] for row in As("bob").get(API)["results"]} == {"query", "access_log"}
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    assert "record" in {row["what"] for row in As("bob").get(API)["results"]}


def test_long_lists_come_in_pages_that_miss_nothing(chest: Study) -> None:
    for _ in range(120):
        saw_list(chest.acting("mehmet"))
    desk, page, seen = Desk("aud"), f"{PAGE}?what=query", []
    while page:
        raw = desk.raw(page)
        seen.append(raw.count("Query (110112)"))
        further = re.search(r'href="([^"]+)" rel="next"', raw)
        page = html.unescape(further[1]) if further else ""
        page = f"{PAGE}{page}" if page.startswith("?") else page
    assert seen == [50, 50, 21]
    aud, cursor, ids = As("aud"), None, []
    while True:
        told = aud.get(API, what="query", page_size=50, **({"cursor": cursor} if cursor else {}))
        ids += [row["id"] for row in told["results"]]
        if not told["next"]:
            break
        cursor = told["next"].partition("cursor=")[2].replace("%3D", "=")
    assert ids == sorted(Access.objects.filter(what="query").values_list("id", flat=True))


def test_the_api_narrows_and_names(chest: Study) -> None:
    aud = As("aud")
    (row,) = aud.get(API, case=str(chest.case().pk), code="110110")["results"]
    assert (row["name"], row["role"], row["meaning"]) == ("Maria Manager", "manager", "Patient Record")
    assert (row["event_id"], row["leaf_index"]) == (None, None)
    late = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert aud.get(API, since=late)["results"] == []
    assert aud.get(API, until=late, actor=chest.members["anna"].actor_id)["results"][0]["frames"] == [1, 7]
    aud.get(API, 422, case="no id")
    As("maria").get(API, 403)


def test_rows_come_as_audit_messages_of_dicom(chest: Study) -> None:
    text = Desk("aud").download(PAGE, format="xml")
    root = ElementTree.fromstring(text)
    told = {one.find("EventIdentification/EventID").get("csd-code"): one for one in root}  # type: ignore[union-attr]
    assert set(told) == {"110101", "110103", "110110", "110112"}
    for one in root:
        parts = ["EventIdentification", "ActiveParticipant", "AuditSourceIdentification"]
        assert [part.tag for part in one][:4] == [*parts, "ParticipantObjectIdentification"]
        event, person, source, *objects = one
        assert (event.get("EventOutcomeIndicator"), person.get("UserIsRequestor")) == ("0", "true")
        assert source.get("AuditSourceID") == chest.project.log.origin
        for about in objects:  # the schema wants a kind of id, and a name or a query
            assert about[0].tag == "ParticipantObjectIDTypeCode"
            assert about[1].tag in ("ParticipantObjectName", "ParticipantObjectQuery")
        datetime.fromisoformat(str(event.get("EventDateTime")))
    seen = told["110103"]
    assert seen[1].get("UserID") == chest.members["anna"].actor_id
    study_seen, patient = seen[3:]
    assert (study_seen.get("ParticipantObjectID"), patient.get("ParticipantObjectID")) == (
        *("2.25.1",),
        str(chest.case().pk),
    )
    details = {
        d.get("type"): b64decode(str(d.get("value"))) for d in study_seen.iter("ParticipantObjectDetail")
    }
    assert details == {"series": b"2.25.22222222", "frames": b"1,7"}
    assert not re.search("Anna|Maria|Mehmet|patient-", text)


def test_the_dossier_and_the_case_lead_to_who_saw_them(chest: Study) -> None:
    case = f"/audit/chest/cases/{chest.case().pk}/"
    wanted = f"{PAGE}?case={chest.case().pk}"
    for page in (case, f"{case}dossier/"):
        assert wanted in Desk("aud").links(page), page
    assert wanted not in Desk("maria").links(f"/projects/chest/cases/{chest.case().pk}/dossier/")


def test_a_page_costs_the_same_however_many_rows_it_has(
    chest: Study, django_assert_max_num_queries: Any
) -> None:
    for _ in range(49):
        saw_case(chest.acting("maria"), chest.case().pk)
    desk = Desk("aud")
    desk.get(PAGE)
    with django_assert_max_num_queries(16):
        desk.get(PAGE)
