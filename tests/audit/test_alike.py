"""What follows an event is byte for byte what would have been told, checked and spelled by itself."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import canonical
from audit.actions import Action
from audit.alike import Alike, can_follow
from audit.envelope import checked_body
from audit.log import SYSTEM, Actor, Entry, Journal, Request, Stream
from audit.merkle import leaf_hash
from audit.models import Log

HUMAN = Actor("human", "act_" + "1" * 32, "manager", person="sha256:" + "b" * 64, site='Ünï "north"')
VERSION = {"id": "protocol", "version": 1, "digest": "sha256:" + "a" * 64}
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)
extras = st.dictionaries(
    st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
    texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.none(),
    max_size=4,
)
ids = st.uuids(version=4)
heads = st.binary(min_size=32, max_size=32)
times = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0"))


def told(case: UUID, task: UUID, seq: int, head: bytes, time: str, extra: dict[str, Any]) -> list[Entry]:
    """Three events of a case's chain: a move, a task, and one that cites the move."""
    journal = Journal(Log(origin="log.example/p/1"), HUMAN, Request(id=str(uuid4()), client_time=time))
    journal._now = time
    stream = Stream("case", case, seq, head, time)
    moved = journal.record(
        stream,
        Action.CASE_ADVANCED,
        object=("case", str(case), 1),
        state=("intake", "annotation"),
        protocol=VERSION,
    )
    journal.record(stream, Action.TASK_OPENED, object=("task", str(task), 1), extra=extra, actor=SYSTEM)
    journal.record(stream, Action.TASK_OPENED, object=("task", str(task), 2), extra=extra, caused_by=moved)
    return journal.entries


@given(
    extra=extras, seq=st.integers(1, 9), time=times, then=times, head=heads, other_head=heads,
    case=ids, task=ids, other=ids, other_task=ids,
)  # fmt: skip
@settings(deadline=None, max_examples=200)
def test_what_follows_is_canonical_and_would_have_been_accepted(
    extra: dict[str, Any], seq: int, time: str, then: str, head: bytes, other_head: bytes,
    case: UUID, task: UUID, other: UUID, other_task: UUID,
) -> None:  # fmt: skip
    if head == other_head or len({case, task, other, other_task}) < 4:
        return
    first = told(case, task, seq, head, time, extra)
    alike = Alike(first, [str(case), str(task)], head, time)
    followed = alike.follow([str(other), str(other_task)], other_head, then)
    before = other_head
    for one, entry in zip(first, followed, strict=True):
        event = canonical.parse(entry.body)
        assert checked_body(event) == entry.body
        assert entry.leaf_hash == leaf_hash(entry.body)
        assert (entry.seq, entry.action) == (one.seq, one.action) == (event["seq"], event["action"])
        assert event["prev"] == f"sha256:{before.hex()}"
        assert event["time"]["server"] == then
        assert event["event_id"] == str(entry.event_id) != str(one.event_id)
        before = entry.leaf_hash
        # All else is the first one's: put back what differs, and the bytes are the same.
        event["event_id"], event["prev"] = str(one.event_id), canonical.parse(one.body)["prev"]
        event["time"]["server"], event["stream"]["id"] = time, str(case)
        event["object"]["id"] = str(case if event["object"]["kind"] == "case" else task)
        if event["request"]["causation"]:
            assert event["request"]["causation"] == f"sha256:{followed[0].leaf_hash.hex()}"
            event["request"]["causation"] = f"sha256:{first[0].leaf_hash.hex()}"
        assert checked_body(event) == one.body


CASE, TASK, TIME = uuid4(), uuid4(), "2026-01-02T03:04:05.678901Z"


def test_only_ids_hashes_and_times_give_way() -> None:
    alike = Alike(told(CASE, TASK, 1, b"h" * 32, TIME, {}), [str(CASE), str(TASK)], b"h" * 32, TIME)
    for own, time in [
        (["x", str(TASK)], TIME),
        ([str(CASE).upper(), str(TASK)], TIME),
        ([str(CASE)] * 2, "now"),
    ]:
        with pytest.raises(ValueError, match="differs"):
            alike.follow(own, b"h" * 32, time)
    with pytest.raises(ValueError, match="argument"):
        alike.follow([str(CASE)], b"h" * 32, TIME)


def test_events_that_cite_in_order_or_whose_clock_went_back_are_no_pattern() -> None:
    journal = Journal(Log(origin="log.example/p/1"), HUMAN, Request())
    journal._now = TIME
    inputs = [("read", "sha256:" + "c" * 64)]
    journal.record(Stream("case", CASE), Action.CASE_CREATED, object=("case", "c", 0), inputs=inputs)
    later = Stream("case", CASE, 1, b"h" * 32, "2027-01-02T03:04:05.678901Z")
    journal.record(later, Action.TASK_OPENED, object=("task", "t", 1))
    for entry in journal.entries:
        assert not can_follow([entry])
        with pytest.raises(ValueError, match="like no other"):
            Alike([entry], [], b"", TIME)
