"""What a body may hold: only what every program reads alike."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import exact
from tests.api.client import As

BAD = {
    b'{"a": 1, "a": 2}': ("duplicate_key", ""),
    b'{"x": {"a": 1, "a": 2}}': ("duplicate_key", "/x"),
    b'{"a": 1.5}': ("float", "/a"),
    b'{"a": [1, 1e3]}': ("float", "/a/1"),
    b'{"a": NaN}': ("not_a_number", "/a"),
    b'{"a": -Infinity}': ("not_a_number", "/a"),
    b'{"a": 9007199254740992}': ("big_integer", "/a"),
    b'{"a": -' + b"9" * 10_000 + b"}": ("big_integer", "/a"),
    b'{"a": "x\\u0000"}': ("nul", "/a"),
    b'{"a\\u0000": 1}': ("nul", ""),
    b'{"a": "\\ud800"}': ("half_a_character", "/a"),
    b'{"a": "\xff"}': ("not_utf8", ""),
    b"\xef\xbb\xbf{}": ("not_json", ""),
    b'{"a": ' + b"[" * 250 + b"]" * 250 + b"}": ("too_deep", ""),
    b"[" * 100_000: ("too_deep", ""),
    b'{"a": }': ("not_json", ""),
    b"": ("not_json", ""),
    b"{} {}": ("not_json", ""),
}


@pytest.mark.parametrize("body", BAD, ids=lambda body: repr(body[:30]))
def test_a_body_that_could_be_read_in_two_ways_is_refused_with_its_place(body: bytes) -> None:
    with pytest.raises(exact.NotExact) as refused:
        exact.parse(body)
    assert (refused.value.code, refused.value.path) == BAD[body]


def test_a_float_is_refused_with_the_advice_to_send_a_string() -> None:
    with pytest.raises(exact.NotExact, match="Send decimals as strings"):
        exact.parse(b'{"diameter": 4.5}')


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text("abc/~", max_size=3), below, max_size=4),
    )
)  # fmt: skip
def test_everything_else_is_read_as_it_was_written(value: object) -> None:
    assert exact.parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_but_never_break(data: bytes) -> None:
    with contextlib.suppress(exact.NotExact):
        exact.parse(data)


@pytest.mark.django_db
def test_the_api_tells_the_place_and_never_the_value() -> None:
    response = As("maria").send("/tasks/claim", b'{"project": "Jane Doe", "project": "Jane Doe"}')
    assert response.status_code == 400
    assert json.loads(response.content)["faults"][0]["code"] == "duplicate_key"
    assert b"Jane" not in response.content


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_refused(settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    assert As("maria").post("/tasks/claim", {"project": "x" * 1000}, 413)["code"] == "too_large"


@pytest.mark.django_db
def test_only_json_is_taken() -> None:
    maria = As("maria")
    answer = maria.http.post("/api/v1/tasks/claim", {"project": "chest"}, headers=maria.headers)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (415, "unsupported_media_type")


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"5"])
def test_a_body_is_an_object(body: bytes) -> None:
    assert As("maria").send("/tasks/claim", body).status_code == 422


@pytest.mark.django_db
def test_a_field_that_nobody_knows_is_a_fault_not_ignored() -> None:
    problem = As("maria").post("/tasks/claim", {"projcet": "chest"}, 422)
    assert problem["faults"] == [
        {"path": "/projcet", "code": "unknown_field", "message": "There is no such field."}
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [5, True, None, {}, ["chest"]])
def test_a_number_is_no_text(wrong: object) -> None:
    problem = As(None).post("/tokens", {"username": wrong, "password": "x"}, 422)
    assert problem["faults"][0]["path"] == "/username"
