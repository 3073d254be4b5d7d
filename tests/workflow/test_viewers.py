"""Templates of outside viewers' addresses: what is refused, and that nothing that is put in leads elsewhere."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.settings.viewers import MOST, PLACEHOLDERS, Viewer, Viewers

OHIF = "https://viewer.example.org/viewer?StudyInstanceUIDs={studies}&url={dicomweb_encoded}"
WEASIS = "weasis://%24dicom%3Ars%20--url%20%22{dicomweb_encoded}%22%20-r%20%22studyUID%3D{study}%22"
ROOT = "https://labels.example.org/api/v1/dicomweb/links/cns_ab-c_d"


def codes(value: Any) -> list[tuple[str, str]]:
    return [(fault["path"], fault["code"]) for fault in Viewers().faults(value, "/viewers")]


def of_url(url: Any) -> list[str]:
    return [code for _, code in codes([{"name": "A", "url": url}])]


@pytest.mark.parametrize(
    "url",
    [
        OHIF,
        WEASIS,
        "https://a.example:8443",
        "https://10.0.0.7/x",
        "http://localhost:3000/viewer?url={dicomweb}",
        "http://127.0.0.1/{task}",
        "http://[::1]:3000/",
        "slicer://viewer/?studyUID={study}&dicomweb={dicomweb_encoded}",
        "x-reading-room:{task}",
        "web+reader:{task}",
    ],
)
def test_what_leads_to_a_viewer_is_taken(url: str) -> None:
    assert of_url(url) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("javascript:alert({token})", "bad_scheme"),
        ("JavaScript:alert(1)//https://a.example/", "bad_scheme"),
        ("data:text/html,{token}", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("vbscript:x", "bad_scheme"),
        ("blob:https://a.example/x", "bad_scheme"),
        ("ftp://a.example/", "bad_scheme"),
        ("//a.example/", "bad_scheme"),
        ("/viewer", "bad_scheme"),
        ("https:a.example", "bad_scheme"),
        ("https:///a", "bad_scheme"),
        ("https://{token}.a.example/", "bad_scheme"),
        ("https://{dicomweb}", "bad_scheme"),
        ("https://a.example{task}", "bad_scheme"),
        ("https://somebody@a.example/", "bad_scheme"),
        ("https://a.example@b.example/", "bad_scheme"),
        ("https://a.example:80:81/", "bad_scheme"),
        ("https://a.example\\@b.example/", "bad_character"),
        ("{dicomweb}", "bad_scheme"),
        ("http://a.example/", "not_secure"),
        ("http://localhost.a.example/", "not_secure"),
        ("https://a.example/ x", "bad_character"),
        ("https://a.example/\n", "bad_character"),
        (" https://a.example/", "bad_character"),
        ('https://a.example/"x', "bad_character"),
        ("https://a.example/<x>", "bad_character"),
        ("https://ä.example/", "bad_character"),
        ("https://a.example/{patient}", "unknown_placeholder"),
        ("https://a.example/{}", "unknown_placeholder"),
        ("https://a.example/{STUDY}", "unknown_placeholder"),
        ("https://a.example/{token.user}", "unknown_placeholder"),
        ("https://a.example/{{token}}", "stray_brace"),
        ("https://a.example/{token", "stray_brace"),
        ("https://a.example/}", "stray_brace"),
        ("", "bad_url"),
        (7, "bad_url"),
        ("https://a.example/" + "x" * 2000, "bad_url"),
    ],
)
def test_what_leads_elsewhere_or_means_nothing_is_refused(url: Any, code: str) -> None:
    assert of_url(url) == [code]


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        ({}, "/viewers", "not_a_list"),
        ([{"name": "A", "url": OHIF}] * (MOST + 1), "/viewers", "not_a_list"),
        (["OHIF"], "/viewers/0", "not_an_object"),
        ([{"url": OHIF}], "/viewers/0/name", "bad_name"),
        ([{"name": " A", "url": OHIF}], "/viewers/0/name", "bad_name"),
        ([{"name": "A" * 41, "url": OHIF}], "/viewers/0/name", "bad_name"),
        ([{"name": "A"}], "/viewers/0/url", "bad_url"),
        ([{"name": "A", "url": OHIF, "returns": 1}], "/viewers/0/returns", "not_yes_or_no"),
        ([{"name": "A", "url": OHIF, "x/y": 1}], "/viewers/0/x~1y", "unknown_key"),
        ([{"name": "A", "url": OHIF}, {"name": "A", "url": WEASIS}], "/viewers/1/name", "twice"),
    ],
)
def test_a_list_that_is_none_is_refused_at_its_place(value: Any, path: str, code: str) -> None:
    assert codes(value) == [(path, code)]


def test_a_fault_names_the_places_that_there_are() -> None:
    (fault,) = Viewers().faults([{"name": "A", "url": "https://a.example/{patient}"}], "/viewers")
    assert fault["message"].startswith(
        "There is no {patient}. There are {dicomweb}, {dicomweb_encoded}, {study}"
    )


def test_what_is_put_in_is_encoded_but_the_root_of_the_images() -> None:
    values = {"studies": "2.25.1,2.25.2", "dicomweb_encoded": ROOT, "dicomweb": ROOT}
    filled = Viewer("A", OHIF).address(values)
    assert parse_qs(urlsplit(filled).query) == {"StudyInstanceUIDs": ["2.25.1,2.25.2"], "url": [ROOT]}
    assert "://" not in urlsplit(filled).query
    assert Viewer("A", "https://a.example/?url={dicomweb}").address(values).endswith(f"?url={ROOT}")


@given(value=st.text(max_size=80), place=st.sampled_from([p for p in PLACEHOLDERS if p != "dicomweb"]))
def test_whatever_is_put_in_stays_in_its_place(value: str, place: str) -> None:
    template = f"https://a.example/v?before=1&x={{{place}}}&after=2#f"
    assert of_url(template) == []
    parts = urlsplit(Viewer("A", template).address({place: value}))
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "a.example", "/v", "f")
    told = parse_qs(parts.query, keep_blank_values=True)
    assert told == {"before": ["1"], "x": [value], "after": ["2"]}
