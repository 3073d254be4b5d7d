"""Drafts: changed until they are published, never under somebody else's hands; compared with what is in force."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import GUIDELINE, PROTOCOL, Study, study
from workflow.drafting import (
    difference,
    document_of,
    faults_of,
    in_force,
    lines_by_path,
    mark_of,
    protocol_to_check,
    redraft,
    text_of,
)
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed, NotFound, Stale
from workflow.versions import draft_guideline, draft_protocol, publish_guideline

keys = st.text("abcdef/~", min_size=1, max_size=4)
documents = st.recursive(
    st.integers() | st.text(max_size=5) | st.booleans(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3),
    max_leaves=12,
)


@given(documents)
def test_each_member_is_on_the_line_that_is_told(document: Any) -> None:
    lines = text_of(document).split("\n")
    for path, line in lines_by_path(document).items():
        key = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        found = lines[line - 1].strip()
        assert found.startswith(f"{json.dumps(key)}: ") or not _is_of_object(document, path), (path, lines)
    assert max(lines_by_path(document).values()) <= len(lines)


def _is_of_object(document: Any, path: str) -> bool:
    for part in path.split("/")[1:-1]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return path != "" and isinstance(document, dict)


@pytest.fixture
def chest(transactional_db: None) -> Study:
    return study()


def draft(chest: Study, **changed: Any) -> Any:
    return draft_guideline(
        acting=chest.acting("maria"), project=chest.project, document={**GUIDELINE, **changed}
    )


def test_a_draft_is_replaced_by_whoever_saw_its_last_state(chest: Study) -> None:
    version = draft(chest)
    seen = mark_of(version)
    new = redraft(acting=chest.acting("maria"), version=version, document={"title": "Thorax"}, seen=seen)
    assert document_of(new) == {"title": "Thorax"}
    with pytest.raises(Stale):
        redraft(acting=chest.acting("mehmet"), version=version, document={"title": "Chest"}, seen=seen)


def test_a_published_version_is_not_redrafted_and_readers_redraft_nothing(chest: Study) -> None:
    version = draft(chest)
    with pytest.raises(NotAllowed):
        redraft(acting=chest.acting("anna"), version=version, document={}, seen=mark_of(version))
    publish_guideline(acting=chest.acting("maria"), version=version, change_note="x")
    with pytest.raises(AlreadyDone):
        redraft(acting=chest.acting("maria"), version=version, document={}, seen=mark_of(version))


def test_faults_name_their_place_and_none_means_publishable(chest: Study) -> None:
    assert faults_of(draft(chest)) == []
    assert [f["path"] for f in faults_of(draft(chest, title=""))] == ["/title"]
    unfit = draft_protocol(
        acting=chest.acting("maria"),
        project=chest.project,
        document={**PROTOCOL, "reads": {"rule": "2+1", "count": 9}},
    )
    assert faults_of(unfit)[0]["path"].startswith("/reads")


def test_the_difference_to_what_is_in_force_is_told_line_by_line(chest: Study) -> None:
    version = draft(chest, instructions="Look twice.\nThen choose.")
    before = in_force(version)
    assert before == chest.guideline
    changed = [line for line in difference(version, before) if line[:1] in "+-"]
    assert changed == [
        "--- version 1", "+++ version 2",
        '-  "instructions": "Look at the whole image, then choose.",', '+  "instructions": "Look twice.\\n',
        '+Then choose.",',
    ]  # fmt: skip
    assert difference(draft(chest), before) == []
    assert in_force(chest.guideline) is None


def test_the_published_protocol_is_checked_unless_another_is_named(chest: Study) -> None:
    assert protocol_to_check(chest.project, None)[0].number == 1
    draft_protocol(acting=chest.acting("maria"), project=chest.project, document={})
    with pytest.raises(InvalidInput):
        protocol_to_check(chest.project, 2)
    with pytest.raises(NotFound):
        protocol_to_check(chest.project, 3)
