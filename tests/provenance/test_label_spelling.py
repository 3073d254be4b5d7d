"""Lines of the label tables that are filled in are spelled as if each were spelled by itself."""

import csv
import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical
from provenance.label_spelling import NULL, cell, csv_form, json_form, texts_by_path
from tests.audit.test_canonical import VALUES

NAMES = st.text(st.sampled_from("abcdefg_"), min_size=1, max_size=3)
TEXTS = st.text(st.sampled_from("abc%,\"'\n\r\t=+-@ ä{}"))


@given(st.dictionaries(NAMES, VALUES | TEXTS, min_size=1), st.data())
def test_an_object_filled_in_is_its_canonical_spelling(members: dict[str, Any], data: st.DataObject) -> None:
    gaps = {name for name in members if data.draw(st.booleans())}
    form = json_form({name: value for name, value in members.items() if name not in gaps}, gaps)
    assert form % tuple(canonical(members[name]) for name in sorted(gaps)) == canonical(members)


@given(st.lists(TEXTS | st.integers() | st.none(), min_size=2, max_size=6), st.data())
def test_cells_are_read_back_as_they_were(values: list[str | int | None], data: st.DataObject) -> None:
    columns = [str(number) for number in range(len(values))]
    members = {name: values[int(name)] for name in columns if data.draw(st.booleans())}
    gaps = [cell(values[int(name)]) for name in columns if name not in members]
    line = (csv_form(columns, members) % tuple(gaps)).decode()
    (read,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert read == [_marked("" if value is None else str(value), value) for value in values]


def _marked(text: str, value: str | int | None) -> str:
    return (
        f"'{text}"
        if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") and text
        else text
    )


def test_of_two_findings_with_one_id_the_first_counts() -> None:
    one = {"id": "a", "mark": None, "fields": {"x": 1}}
    texts = texts_by_path({"fields": {"y": "é"}, "findings": [one, {**one, "fields": {"x": 2, "z": 3}}]})
    assert texts["findings/a/fields/x"] == b"1"
    assert texts["findings/a/mark"] == NULL
    assert texts["fields/y"] == '"é"'.encode()
