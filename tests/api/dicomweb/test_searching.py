"""Searches find what matches, tell what is asked for, page by page, with as many queries for few as for many."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.dicomweb.scans import Viewer, address_of, body, json_of, reader, scanned, staff, value
from workflow.models import Instance

pytestmark = pytest.mark.django_db(transaction=True)
FILES = ("CT_small.dcm", "MR_small.dcm", "SC_rgb.dcm")


@pytest.fixture
def maria(images_folder: Path) -> Viewer:
    """The manager of three studies: CT, MR and a capture."""
    scanned(*FILES)
    return staff()


def modalities(viewer: Viewer, path: str) -> list[str]:
    """Of what a search finds; nothing where it finds nothing."""
    answer = viewer.ask(path)
    assert answer.status_code in (200, 204), (path, answer.status_code, body(answer))
    rows = json_of(answer) if answer.status_code == 200 else []
    return sorted(value(row, "Modality") or value(row, "ModalitiesInStudy") for row in rows)


def test_what_matches_is_found_at_every_level(maria: Viewer) -> None:
    [row] = maria.json("/instances?Modality=CT&includefield=PatientID")
    uids = {word: value(row, word) for word in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")}
    patient = value(row, "PatientID")
    rows, columns = value(row, "Rows"), value(row, "Columns")
    for level in ("studies", "series", "instances"):
        for query, found in (
            ("", ["CT", "MR", "OT"]),
            (f"StudyInstanceUID={uids['StudyInstanceUID']}", ["CT"]),
            (f"0020000D={uids['StudyInstanceUID']},1.2.3", ["CT"]),
            (f"StudyInstanceUID=1.2.3%5C{uids['StudyInstanceUID']}", ["CT"]),
            (f"PatientID={patient}", ["CT"]),
            (f"PatientID={patient[:8]}*", ["CT"]),
            (f"PatientName={patient.lower()}", ["CT"]),
            (f"PatientName=?{patient[1:]}", ["CT"]),
            ("PatientID=nobody", []),
            ("PatientID=", ["CT", "MR", "OT"]),
            ("StudyDate=20000101-20300101", []),  # the gate took the dates
        ):
            assert modalities(maria, f"/{level}?{query}") == found, (level, query)
    for level in ("series", "instances"):
        assert modalities(maria, f"/{level}?SeriesInstanceUID={uids['SeriesInstanceUID']}") == ["CT"]
        assert modalities(maria, f"/{level}?Modality=M*") == ["MR"]
        assert modalities(maria, f"/{level}?Modality=MR,CT") == ["CT", "MR"]
    assert modalities(maria, "/studies?ModalitiesInStudy=MR") == ["MR"]
    assert modalities(maria, f"/instances?SOPInstanceUID={uids['SOPInstanceUID']}") == ["CT"]
    assert modalities(maria, f"/instances?Rows={rows}&Columns={columns}&Modality=CT") == ["CT"]
    assert modalities(maria, "/instances?Rows=12345") == []


def test_rows_lead_on_to_what_they_are_of(maria: Viewer) -> None:
    for study in maria.json("/studies"):
        assert (
            value(study, "NumberOfStudyRelatedSeries") == value(study, "NumberOfStudyRelatedInstances") == 1
        )
        [series] = maria.json(f"{address_of(study, 1)}/series")
        assert value(series, "NumberOfSeriesRelatedInstances") == 1
        [image] = maria.json(f"{address_of(series, 2)}/instances")
        [same] = maria.json(f"{address_of(study, 1)}/instances")
        assert value(image, "SOPInstanceUID") == value(same, "SOPInstanceUID")
        for row, depth in ((study, 1), (series, 2), (image, 3)):
            assert value(row, "RetrieveURL").endswith(f"/api/v1/{maria.root}{address_of(row, depth)}")
            assert list(row) == sorted(row)


def test_more_is_told_where_it_is_asked_for(maria: Viewer) -> None:
    [usual] = maria.json("/instances?Modality=CT")
    assert value(usual, "KVP") is None
    for asked in ("KVP", "00180060", "SliceThickness,KVP"):
        [row] = maria.json(f"/instances?Modality=CT&includefield={asked}")
        assert value(row, "KVP") == 120, asked
    [row] = maria.json("/instances?Modality=CT&KVP=120")
    assert value(row, "KVP") == 120
    [whole] = maria.json("/instances?Modality=CT&includefield=all")
    assert set(usual) < set(whole)
    assert not any("BulkDataURI" in attribute for attribute in whole.values())


def test_pages_follow_each_other_and_say_that_there_is_more(maria: Viewer) -> None:
    every = [address_of(row) for row in maria.json("/instances")]
    for query in ("", "&PatientID=P-*"):
        pages = [maria.get(f"/instances?limit=2&offset={offset}{query}") for offset in (0, 2)]
        assert [address_of(row) for page in pages for row in json_of(page)] == every
        assert pages[0]["Warning"].startswith("299 ")
        assert "Warning" not in pages[1]
        maria.get(f"/instances?offset=3{query}", 204)
    assert body(maria.get("/instances?limit=0", 204)) == b""


def test_what_is_not_done_is_said(maria: Viewer) -> None:
    answer = maria.get("/studies?fuzzymatching=true&PatientName=x", 204)
    assert "fuzzymatching" in answer["Warning"]
    for query in ("Nonsense=1", "includefield=Nonsense", "limit=-1", "limit=x", "offset=1.5", "99999999=1"):
        refused = maria.get(f"/studies?{query}", 400)
        assert (refused["Content-Type"], json_of(refused)["code"]) == (
            "application/problem+json",
            "bad_query",
        )
    assert json_of(maria.get("/studies/1.2.3/series", 404))["code"] == "not_found"


def test_a_reader_searches_by_the_names_that_they_are_shown(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm")
    anna = reader(chest, "anna")
    [row] = anna.json("/series?includefield=PatientID")
    uid, number = value(row, "StudyInstanceUID"), value(row, "PatientID")
    stored = Instance.objects.select_related("series__study").get().series.study
    for query, found in (
        (f"StudyInstanceUID={uid}", ["CT"]),
        (f"StudyInstanceUID={stored.uid}", []),
        (f"PatientID={number}", ["CT"]),
        (f"PatientID={stored.patient}", []),
        (f"PatientName={stored.patient[:5]}*", []),
    ):
        assert modalities(anna, f"/studies?{query}") == found, query


def test_many_rows_take_as_many_queries_as_one(
    images_folder: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    chest = scanned("CT_small.dcm")
    maria, found = staff(), {}
    paths = ("/studies", "/series", "/instances", "/studies?PatientID=P-*")
    for path in paths:
        maria.get(path)
    counts = {path: _queries(maria, path) for path in paths}
    from tests.images import imported, shipped

    imported(chest, *shipped("MR_small.dcm", "SC_rgb.dcm", "examples_overlay.dcm"))
    for path in paths:
        found[path] = _queries(maria, path)
        assert len(maria.json(path)) == 4
    assert found == counts
    assert max(counts.values()) <= 7


def _queries(viewer: Viewer, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        viewer.get(path)
    return len(queries)
