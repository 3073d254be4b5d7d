"""`data/labels/`: the manifest of cases and the label tables, from events and contents alone, case by case."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import IO, Any
from uuid import UUID

from audit.bundle.bag import Bag
from audit.bundle.contents import openings
from audit.bundle.reading import Reader
from audit.bundle.scope import Scope
from audit.canonical import spelled, value_of

from .case_story import ACTIONS, CaseStory
from .label_rows import COLUMNS, Content, rows_of

_AT_ONCE = 100  # cases
_BLOCK = 1 << 20  # bytes
_EVENTS = """
SELECT e.stream_id, e.body, l.leaf_hash FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE {sealed} AND e.stream_kind = 'case' AND {shown}
  AND (e.action = ANY(%s) OR e.state_to IS NOT NULL) ORDER BY e.stream_id, e.stream_seq
"""
_LAST = """
SELECT DISTINCT ON (e.stream_id) e.stream_id, e.stream_seq, l.leaf_hash
FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE e.stream_id = ANY(%s) AND {sealed} ORDER BY e.stream_id, e.stream_seq DESC
"""
_CONTENTS = "SELECT digest, body FROM audit_content WHERE digest = ANY(%s)"


def write_labels(bag: Bag, reader: Reader, scope: Scope, *, named: bool) -> None:
    """Write manifest, rows and CSV in one pass; `named`: with external references."""
    with tempfile.TemporaryFile() as manifest, tempfile.TemporaryFile() as table:
        table.write(",".join(COLUMNS).encode() + b"\n")
        with bag.stream("data/labels/labels.ndjson") as out:
            for stories, fetched in reader.ahead(
                _fetching(reader, scope), _in_batches(_stories(reader, scope))
            ):
                for line, rows in _told(reader, stories, fetched, named=named):
                    manifest.write(spelled(line) + b"\n")
                    both = list(rows)
                    out.write(b"".join([row + b"\n" for row, _ in both]))
                    table.write(b"".join([row + b"\n" for _, row in both]))
        _copy(bag, "data/labels/labels.csv", table)
        _copy(bag, "data/labels/manifest.ndjson", manifest)


def _stories(reader: Reader, scope: Scope) -> Iterator[CaseStory]:
    shown, params = scope.shown()
    sealed, under = scope.sealed()
    query = _EVENTS.format(shown=shown, sealed=sealed)
    rows = chain.from_iterable(reader.batches(query, [*under, *params, list(ACTIONS)]))
    for stream, events in groupby(rows, key=lambda row: row[0]):
        story = CaseStory(str(stream))
        for _, body, sealed in events:
            story.take(value_of(body), sealed)  # moments ago it was hashed, and is this leaf
        yield story


def _in_batches(stories: Iterator[CaseStory]) -> Iterator[list[CaseStory]]:
    while some := list(islice(stories, _AT_ONCE)):
        yield some


_Rows = list[tuple[Any, ...]]


def _fetching(reader: Reader, scope: Scope) -> Callable[[list[CaseStory]], tuple[_Rows, _Rows]]:
    """What gets the contents that cases' tables need, and their last events."""
    sealed, under = scope.sealed()

    def fetch(stories: list[CaseStory]) -> tuple[_Rows, _Rows]:
        wanted = sorted(set().union(*(story.cited() for story in stories)))
        ids = [UUID(story.case) for story in stories]
        return reader.all(_CONTENTS, [wanted]), reader.all(_LAST.format(sealed=sealed), [ids, *under])

    return fetch


def _told(
    reader: Reader, stories: Sequence[CaseStory], fetched: tuple[_Rows, _Rows], *, named: bool
) -> Iterator[tuple[dict[str, Any], Iterator[tuple[bytes, bytes]]]]:
    """For each case its line of the manifest and its rows."""
    contents = {digest: value_of(body) for digest, body in fetched[0]}
    refs = _references(reader, stories, contents) if named else {}
    last = {str(case): rest for case, *rest in fetched[1]}
    for story in stories:
        seq, head = last[story.case]
        about = contents.get(story.about, {})
        ref, split = refs.get(about.get("external_ref", "")), about.get("split")
        # The labels of a pilot are told in the log and in the manifest, and never released as the study's.
        counts = about.get("purpose", "study") == "study"
        yield (
            _line(story, ref, split, seq, head),
            rows_of(story, contents, ref, split) if counts else iter(()),
        )


def _line(story: CaseStory, ref: str | None, split: str | None, seq: int, head: bytes) -> dict[str, Any]:
    said = ("version", "round", "status", "settled_by", "digest", "event")
    return {
        "case": story.case,
        "external_ref": ref,
        "split": split,
        "state": story.state,
        "round": story.round,
        "seq": seq,
        "head": f"sha256:{head.hex()}",
        "labels": [{name: getattr(label, name) for name in said} for label in story.labels],
    }


def _references(reader: Reader, stories: Sequence[CaseStory], contents: dict[str, Content]) -> dict[str, str]:
    """What the cases are called outside, by commitment, as far as it was not erased."""
    wanted = [contents[story.about]["external_ref"] for story in stories if story.about in contents]
    return {each["commitment"]: each["value"] for each in openings(reader, wanted)}


def _copy(bag: Bag, path: str, file: IO[bytes]) -> None:
    file.seek(0)
    with bag.stream(path) as out:
        shutil.copyfileobj(file, out, _BLOCK)
