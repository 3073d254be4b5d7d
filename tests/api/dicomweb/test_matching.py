"""What an attribute matches, and which of several forms is chosen: no database, no images."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from api.dicomweb.accepting import BYTES, JLS, NotAcceptable, Offer, chosen, pixel_offers
from api.dicomweb.asking import BadQuery, query_of
from api.dicomweb.matching import matches
from imaging.web.frames import JPEG_LS, PLAIN_SYNTAX

ATTRIBUTES: dict[str, Any] = {
    "00080020": {"vr": "DA", "Value": ["20200315"]},
    "00080030": {"vr": "TM", "Value": ["101530.5"]},
    "00080061": {"vr": "CS", "Value": ["CT", "PT"]},
    "00081030": {"vr": "LO", "Value": ["Chest (low) dose+"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "P-ABC^D"}]},
    "00200011": {"vr": "IS", "Value": [7]},
    "00280030": {"vr": "DS", "Value": [0.5, 0.5]},
    "00400275": {"vr": "SQ", "Value": [{"00400009": {"vr": "SH", "Value": ["step-1"]}}, {}]},
    "00080050": {"vr": "SH"},
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("StudyDate=20200315", True),
        ("StudyDate=20200101-20201231", True),
        ("StudyDate=-20200315", True),
        ("StudyDate=20200315-", True),
        ("StudyDate=20200316-", False),
        ("StudyDate=-20200314", False),
        ("StudyTime=10-11", True),
        ("StudyTime=1015-1015", True),
        ("StudyTime=1016-", False),
        ("ModalitiesInStudy=PT", True),
        ("ModalitiesInStudy=MR,PT", True),
        ("ModalitiesInStudy=MR%5CUS", False),
        ("StudyDescription=chest*", False),
        ("StudyDescription=Chest*", True),
        ("StudyDescription=Chest%20(low)%20dose%2B", True),
        ("StudyDescription=Chest%20(low)?dose?", True),
        ("StudyDescription=Chest", False),
        ("PatientName=p-abc*", True),
        ("PatientName=P-ABC", False),
        ("SeriesNumber=7", True),
        ("SeriesNumber=7.0", True),
        ("SeriesNumber=x", False),
        ("PixelSpacing=0.50", True),
        ("RequestAttributesSequence.ScheduledProcedureStepID=step-1", True),
        ("00400275.00400009=step-2", False),
        ("AccessionNumber=A", False),
        ("AccessionNumber=", True),
        ("StudyID=*", False),
    ],
)
def test_attributes_match_as_dicom_says(query: str, found: bool) -> None:
    assert matches(ATTRIBUTES, query_of(QueryDict(query)).keys) is found


@pytest.mark.parametrize(
    "query", ["x=1", "0008002=1", "PatientID.x=1", ".=1", "limit=", "offset=9999999999", "PatientID=%00"]
)
def test_what_means_nothing_is_refused(query: str) -> None:
    with pytest.raises(BadQuery):
        query_of(QueryDict(query))


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    hard = {"00081030": {"vr": "LO", "Value": ["a" * 64]}}
    assert not matches(hard, query_of(QueryDict("StudyDescription=" + "*a" * 12 + "*b")).keys)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", (BYTES, PLAIN_SYNTAX, True)),
        ("*/*", (BYTES, PLAIN_SYNTAX, True)),
        ("text/html, */*;q=0.1", (BYTES, PLAIN_SYNTAX, True)),
        ("multipart/related", (BYTES, PLAIN_SYNTAX, True)),
        ('multipart/related; type="*/*"; transfer-syntax=*', (JLS, JPEG_LS, True)),
        ("multipart/related; transfer-syntax=*", (JLS, JPEG_LS, True)),
        ("Multipart/Related;Type=Image/X-JLS", (JLS, JPEG_LS, True)),
        (f"application/octet-stream; transfer-syntax={JPEG_LS}", (BYTES, JPEG_LS, False)),
        (
            'multipart/related; type="image/jls"; q=0.2, application/octet-stream; q=0.9',
            (BYTES, PLAIN_SYNTAX, False),
        ),
    ],
)
def test_the_best_form_is_chosen(accept: str, expected: tuple[str, str, bool]) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    offers, default = pixel_offers(JPEG_LS, in_parts=True), Offer(BYTES, PLAIN_SYNTAX, True)
    found = chosen(request, offers, default)
    assert (found.media_type, found.syntax, found.in_parts) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*;q=0", "image/jls;q=x", "multipart/related; type=", "; ;", "a" * 9000]
)
def test_nothing_is_chosen_where_nothing_fits(accept: str) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    with pytest.raises(NotAcceptable):
        chosen(request, pixel_offers(JPEG_LS, in_parts=True), Offer(BYTES, PLAIN_SYNTAX, True))
