"""Canonical JSON against the published RFC 8785 vectors and an independent implementation."""

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import MAX_DEPTH, MAX_INT, CanonicalError, canonical, digest, parse

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "audit.json").read_text(encoding="utf-8"))
FILES = VECTORS["jcs_files_sha256_of_canonical_output"]

IN_PROFILE = {
    "arrays": '[56,{"1":[],"10":null,"d":true}]',
    "structures": '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},'
    '"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}',
    "unicode": '{"Unnormalized Unicode":"A\u030a"}',
}
OUT_OF_PROFILE = {
    "french": '{"peach":"This sorting order","péché":"is wrong according to French",'
    '"pêche":"but canonicalization MUST","sin":"ignore locale"}',
    "values": '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    "weird": '{"\\n":"Newline","\\r":"Carriage Return","1":"One","</script>":"Browser Challenge",'
    '"\x80":"Control\x7f","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",'
    '"😂":"Smiley","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)


@pytest.mark.parametrize("name", IN_PROFILE)
def test_published_texts_within_the_profile_are_canonical(name):
    data = IN_PROFILE[name].encode()
    assert digest(data) == f"sha256:{FILES[name]}"
    assert canonical(parse(data)) == data


@pytest.mark.parametrize("name", OUT_OF_PROFILE)
def test_published_texts_with_floats_or_foreign_keys_are_refused(name):
    data = OUT_OF_PROFILE[name].encode()
    assert hashlib.sha256(data).hexdigest() == FILES[name]
    with pytest.raises(CanonicalError):
        parse(data)
    with pytest.raises(CanonicalError):
        canonical(json.loads(data))


@pytest.mark.parametrize("text", sorted(set(VECTORS["jcs_numbers_hex_to_text"].values()) - {"0"}))
def test_published_floats_are_refused_in_either_direction(text):
    with pytest.raises(CanonicalError):
        parse(text.encode())
    with pytest.raises(CanonicalError):
        canonical(float(text))


@given(VALUES)
def test_bytes_equal_those_of_an_independent_implementation(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_parsing_canonical_bytes_gives_the_value_back(value):
    assert parse(canonical(value)) == value


NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
LIKE_NUMBERS = st.text(st.sampled_from('0123456789.eE-+,:[]{}"\\ \u00e4'), max_size=12)
MIXED = st.recursive(
    NUMBERS | LIKE_NUMBERS | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LIKE_NUMBERS, inner, max_size=4),
)


@given(MIXED)
def test_numbers_of_another_kind_are_refused_wherever_they_stand(value):
    data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    try:
        expected = canonical(value)
    except CanonicalError:
        expected = None
    if expected == data:
        assert parse(data) == value
    else:
        with pytest.raises(CanonicalError):
            parse(data)


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_parses_is_the_one_spelling_of_its_value(data):
    try:
        value = parse(data)
    except CanonicalError:
        return
    assert canonical(value) == data


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b'{"a":1,"a":1}', ""),
        (b'{"x":[{"a":1,"a":2}]}', "/x/0"),
        (b'{"a":[0,1.0]}', "/a/1"),
        (b'{"a":1e2}', "/a"),
        (b'{"a":NaN}', "/a"),
        (b'{"a":-Infinity}', "/a"),
        (b'{"a":9007199254740992}', "/a"),
        (b'{"a":-9007199254740992}', "/a"),
        (b'{"a":' + b"9" * 5000 + b"}", "/a"),
        (b'{"a/b~":"\\ud800"}', "/a~1b~0"),
        ('{"é":1}'.encode(), ""),
        (b"-0", ""),
        (b'{"b":1,"a":1}', ""),
        (b'{"a": 1}', ""),
        (b'"\\u0041"', ""),
        (b'"\\/"', ""),
        (b'"\\u000A"', ""),
        (b"1\n", ""),
        (b"\xef\xbb\xbf1", ""),
        (b"\xff", ""),
        (b'"\xed\xa0\x80"', ""),
        (b"", ""),
        (b"{}{}", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_other_bytes_are_refused_with_the_place_of_the_fault(data, pointer):
    with pytest.raises(CanonicalError) as caught:
        parse(data)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": [1, 2.0]}, "/a/1"),
        ({"a": float("nan")}, "/a"),
        ({"a": {1: "x"}}, "/a"),
        ({"a": {"é": 1}}, "/a"),
        ({"a": MAX_INT + 1}, "/a"),
        ({"a": -MAX_INT - 1}, "/a"),
        ({"a": ["\ud800"]}, "/a/0"),
        ({"a": b"bytes"}, "/a"),
        ({"a": {1, 2}}, "/a"),
    ],
)
def test_other_values_are_refused_with_the_place_of_the_fault(value, pointer):
    with pytest.raises(CanonicalError) as caught:
        canonical(value)
    assert caught.value.pointer == pointer


def test_a_refusal_does_not_repeat_the_value():
    with pytest.raises(CanonicalError) as caught:
        canonical({"name": ["Dr Secret\ud800"]})
    assert "Secret" not in str(caught.value)
    assert str(caught.value).startswith("/name/0: ")


def test_nesting_has_a_fixed_bound():
    def nested(depth):
        return b"[" * depth + b"]" * depth

    assert canonical(parse(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    with pytest.raises(CanonicalError):
        parse(nested(MAX_DEPTH + 1))


def test_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(CanonicalError):
        canonical(value)


def test_a_digest_is_what_sha256sum_prints():
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
