"""A read shown in a form and sent back unchanged is the same read, for every kind of field and mark."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screens.forms.labels import checked_read, texts_of, typed_read, with_copy, with_finding, without_finding
from screens.forms.typed import Typed
from tests.workflow.labels.examples import BOX_3D, DRAWN, PARSED, READ, read_with
from tests.workflow.labels.strategies import reads, texts
from workflow.labels.validation import validate


def as_browser(typed: Typed) -> Typed:
    """What a browser would send of a form: every text with its own line ends."""
    return Typed.of({name: [t.replace("\n", "\r\n") for t in given] for name, given in typed.texts.items()})


def same(read: dict[str, Any]) -> dict[str, Any]:
    """The read without the order of its flags: the wish for a senior has an input of its own."""
    return {**read, "flags": set(read.get("flags", []))}


@given(reads())
@settings(max_examples=150, deadline=None)
def test_any_read_survives_the_form(read: dict[str, Any]) -> None:
    normal = validate(PARSED, read)
    found = checked_read(PARSED, as_browser(texts_of(PARSED, normal)))
    assert found.faults == []
    assert same(validate(PARSED, found.labels)) == same(normal)


def test_the_example_with_every_kind_survives_too() -> None:
    for read in (READ, read_with(**DRAWN), read_with(carina={"not_assessable": True}, signs=[])):
        assert checked_read(PARSED, as_browser(texts_of(PARSED, read))).labels == validate(PARSED, read)


@given(st.dictionaries(st.sampled_from(sorted(texts_of(PARSED, READ).texts)), st.lists(texts, max_size=2)))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_read_or_refused_with_a_place(changed: dict[str, list[str]]) -> None:
    typed = Typed.of({**texts_of(PARSED, READ).texts, **changed})
    found = checked_read(PARSED, typed)
    if not found.faults:
        validate(PARSED, found.labels)
    assert all(
        fault["message"] and fault["path"].startswith(("/fields", "/findings", "/flags", "/confidence"))
        for fault in found.faults
    )


def test_what_does_not_apply_is_not_sent_and_not_lost() -> None:
    typed = texts_of(PARSED, READ).with_texts({"fields.contrast": ["false"]})
    assert "delay" not in typed_read(PARSED, typed).labels["fields"]
    assert typed.one("fields.delay") == "30.0"


def test_a_finding_is_added_with_an_id_of_its_own_and_removed_again() -> None:
    typed = texts_of(PARSED, READ)
    more = with_finding(PARSED, typed, "landmark")
    assert [f["id"] for f in typed_read(PARSED, more).labels["findings"]] == ["f1", "f2", "f3"]
    less = without_finding(more, 0)
    assert [f["id"] for f in typed_read(PARSED, less).labels["findings"]] == ["f2", "f3"]
    assert with_finding(PARSED, typed, "unheard_of") == typed
    copied = with_copy(PARSED, less, {"id": "f3", "type": "nodule", "mark": BOX_3D, "fields": {}})
    assert typed_read(PARSED, copied).labels["findings"][2] == {
        "id": "f1", "type": "nodule", "mark": BOX_3D, "fields": {},
    }  # fmt: skip


def test_findings_sent_with_gaps_are_counted_anew() -> None:
    pairs = {"findings.7.id": ["f2"], "findings.7.type": ["landmark"], "findings.3.id": ["f1"]}
    assert Typed.of(pairs).one("findings.1.type") == "landmark"
    assert Typed.of(pairs).one("findings.0.id") == "f1"
