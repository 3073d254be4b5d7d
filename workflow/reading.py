"""Reads: submitted, revised, recalled. A read is never overwritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import Action
from audit.canonical import parse
from audit.contents import Blob, blob_of
from audit.log import Entry, Reason

from .assistance.recording import inputs_of, keep_assistance, what_became
from .assistance.registering import as_agent
from .assistance.showing import Aid
from .counted import read_in_turn
from .draws import Draw, draw
from .errors import AlreadyDone, InvalidInput, NotAllowed
from .labels.faults import LabelsInvalid
from .labels.validation import validate
from .models import CaseRound, Membership, Read, Recall, Review
from .unit import CaseUnit

NEW_ANNOTATOR_READS = 10
# How a read was worked on: `session_position` (of its reader's session), `active_seconds` (idle time left out).
Worked = Mapping[str, int | None]


def checked_labels(unit: CaseUnit, labels: Any, *, settled: bool = False) -> Blob:
    """The canonical bytes of labels that fit the case's pinned schema; InvalidInput with the place of each fault."""
    try:
        return blob_of(validate(unit.settled_schema if settled else unit.label_schema, labels))
    except LabelsInvalid as error:
        raise InvalidInput(
            [{"path": f.path, "code": f.code, "message": f.message} for f in error.faults],
            "The labels don't fit the guideline's label schema; nothing was stored.",
        ) from None


def submit_read(
    unit: CaseUnit,
    *,
    task_id: UUID,
    slot: int,
    labels: Any,
    display: Blob,
    started_at: datetime,
    worked: Worked,
    aid: Aid | None = None,
) -> Read:
    """Keep a person's labels for a slot as its next revision, and record them, with how it was worked on.

    `aid`: a model's marks that were on their page; what became of each is kept with the read.
    """
    blob = checked_labels(unit, labels)
    earlier = [r for r in unit.reads if r.slot == slot]
    read = _new_read(unit, slot, len(earlier) + 1, kind_of(unit, slot), task_id, blob, display, started_at)
    became = what_became(unit, aid, blob) if aid else None
    about = _about(aid, became)
    entry = _record_read(unit, read, blob, display, earlier[-1] if earlier else None, worked, about)
    _save(unit, read, entry, display)
    if aid and became:
        keep_assistance(unit, read, aid, became, entry)
    unit.add_read(read)
    _waive_if_sampled_out(unit, read, blob, entry)
    return read


def submit_second_look(
    unit: CaseUnit,
    *,
    task_id: UUID,
    slot: int,
    labels: Any,
    display: Blob,
    started_at: datetime,
    worked: Worked,
) -> Read:
    """Keep what a reader says after seeing the others' reads, unnamed; also when nothing changed."""
    blob = checked_labels(unit, labels)
    before = [r for r in unit.reads if r.slot == slot][-1]
    read = _new_read(
        unit, slot, before.revision + 1, Read.Kind.SECOND_LOOK, task_id, blob, display, started_at
    )
    entry = unit.record(
        Action.READ_SECOND_LOOK,
        object=("read", read.pk, read.revision),
        before=cited(before),
        after=blob,
        display=display.digest,
        reason=Reason("second_look"),
        extra={"slot": slot, "kind": read.kind, **worked},
    )
    _save(unit, read, entry, display)
    unit.add_read(read)
    return read


def submit_first_look(
    unit: CaseUnit, *, task_id: UUID, labels: Any, display: Blob, started_at: datetime, worked: Worked
) -> Read:
    """Keep the arbiter's own read, made before anything was revealed (slot 0)."""
    blob = checked_labels(unit, labels)
    revision = Read.objects.filter(case=unit.case, round=unit.case.round, slot=0).count() + 1
    read = _new_read(unit, 0, revision, Read.Kind.FIRST_LOOK, task_id, blob, display, started_at)
    entry = unit.record(
        Action.READ_SUBMITTED,
        object=("read", read.pk, read.revision),
        after=blob,
        display=display.digest,
        extra={"slot": 0, "kind": read.kind, **worked},
    )
    _save(unit, read, entry, display)
    return read


def recall_read(unit: CaseUnit, read: Read) -> Recall:
    """Take a read back for its author; the caller has made sure that nobody opened it."""
    if read.member_id != unit.acting.person().pk:
        raise NotAllowed("Only its author can recall a read.")
    standing = [r for r in unit.reads if r.slot == read.slot]
    if not standing or standing[-1].pk != read.pk or getattr(standing[-1], "recall", None):
        raise AlreadyDone("This read was recalled or revised already.")
    entry = unit.record(
        Action.READ_RECALLED,
        object=("read", read.pk, read.revision),
        before=cited(read),
        reason=Reason("recalled_by_author"),
        extra={"slot": read.slot},
    )
    recall = Recall(read=standing[-1], round=read.round, event_id=entry.event_id)
    recall.save(force_insert=True)
    return recall


def cited(read: Read) -> Blob:
    """A stored read's content, to be cited as `before`."""
    content = read.content
    return Blob(content.digest, content.media_type, bytes(content.body))


def kind_of(unit: CaseUnit, slot: int) -> str:
    """Planned reads are independent; a read asked for after a comparison, or by the same readers again, is not."""
    if unit.at_work().readers == CaseRound.Readers.SAME:
        return Read.Kind.SAME_READER
    return Read.Kind.PLANNED if slot <= unit.at_work().reads_planned else Read.Kind.CONDITIONAL


def _new_read(
    unit: CaseUnit,
    slot: int,
    revision: int,
    kind: str,
    task_id: UUID,
    blob: Blob,
    display: Blob,
    started: datetime,
) -> Read:
    return Read(
        case=unit.case,
        round=unit.case.round,
        slot=slot,
        revision=revision,
        kind=kind,
        member=unit.acting.person(),
        task_id=task_id,
        content_id=blob.digest,
        display_id=display.digest,
        started_at=started,
        submitted_at=unit.now(),
    )


def _record_read(
    unit: CaseUnit,
    read: Read,
    blob: Blob,
    display: Blob,
    before: Read | None,
    worked: Worked,
    about: dict[str, Any],
) -> Entry:
    extra = {"slot": read.slot, "kind": read.kind, **worked}
    if before is None:
        return unit.record(
            Action.READ_SUBMITTED,
            object=("read", read.pk, read.revision),
            after=blob,
            display=display.digest,
            extra=extra,
            **about,
        )
    return unit.record(
        Action.READ_REVISED,
        object=("read", read.pk, read.revision),
        before=cited(before),
        after=blob,
        display=display.digest,
        reason=Reason(_why_revised(before, read.member)),
        extra=extra,
        **about,
    )


def _about(aid: Aid | None, became: Blob | None) -> dict[str, Any]:
    """What the event says of the model whose marks were on the page."""
    if aid is None or became is None:
        return {}
    return {"inputs": inputs_of(aid, became), "model": as_agent(aid.prediction.model)}


def _why_revised(before: Read, by: Membership) -> str:
    if before.member_id != by.pk:
        return "reader_replaced"  # theirs closed as incomplete
    if getattr(before, "recall", None):
        return "recalled_by_author"
    review: Review | None = getattr(before, "review", None)
    return (
        "returned_by_reviewer"
        if review and review.verdict == Review.Verdict.RETURN
        else "sent_back_by_arbiter"
    )


def _save(unit: CaseUnit, read: Read, entry: Entry, display: Blob) -> None:
    unit.journal.hold(display)
    read.event_id = entry.event_id
    read.save(force_insert=True)


def _waive_if_sampled_out(unit: CaseUnit, read: Read, blob: Blob, entry: Entry) -> None:
    """A read that the protocol's share leaves out of junior review passes with the verdict `waived`."""
    drawn = _drawn_for_review(unit, read)
    if drawn.drawn or _always_reviewed(unit, read, parse(blob.body)):
        return
    waived = unit.record(
        Action.REVIEW_WAIVED,
        object=("read", read.pk, read.revision),
        inputs=[("read", blob.digest)],
        extra={"slot": read.slot, "draw": drawn.recorded()},
        caused_by=entry,
    )
    Review(
        case=unit.case,
        round=read.round,
        read=read,
        verdict=Review.Verdict.WAIVED,
        during=unit.case.passes,
        event_id=waived.event_id,
    ).save(force_insert=True)


def _drawn_for_review(unit: CaseUnit, read: Read) -> Draw:
    # Per slot, not per revision: a rework of a reviewed read is reviewed again.
    share = unit.protocol.junior_review.share
    return draw(unit.project, "junior_review", share, unit.case.pk, read.round, read.slot)


def _always_reviewed(unit: CaseUnit, read: Read, labels: dict[str, Any]) -> bool:
    always = unit.protocol.junior_review.always_if
    return (
        ("low_confidence" in always and labels.get("confidence") == "low")
        or ("flagged" in always and bool(labels.get("flags")))
        or ("new_annotator" in always and _is_new(read.member))
    )


def _is_new(member: Membership) -> bool:
    return Read.objects.filter(read_in_turn("case__"), member=member).count() <= NEW_ANNOTATOR_READS
