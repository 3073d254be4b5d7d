"""Reservations change hands, many at once: the parts that they made, the tasks, and an event for each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from audit.actions import Action
from audit.log import Reason
from tasks.models import Task
from tasks.parts import new_case_number
from workflow.many_cases import ManyCases
from workflow.models import Membership, Part
from workflow.notices import tell
from workflow.settings.reading import whole

from .work import Work

_BATCH = 1000  # rows of one statement
_Key = tuple[UUID, int, UUID]  # case, round, member


@dataclass(frozen=True, slots=True)
class Change:
    """A task that nobody has begun, and for whom it is from now on; None: for anybody."""

    work: Work
    to: UUID | None


def hand_over(many: ManyCases, changes: Sequence[Change], reason: Reason | None = None) -> None:
    """Reserve, move and take back reservations of locked cases; the takers may. Few statements for each thousand."""
    ids = {one for change in changes for one in (change.to, change.work.holder_id) if one}
    names = dict(Membership.objects.filter(pk__in=ids).values_list("pk", "actor_id"))
    _leave(changes)
    _take(changes)
    for begin in range(0, len(changes), _BATCH):
        batch = changes[begin : begin + _BATCH]
        _save(many, batch, [_recorded(many, change, names, reason) for change in batch])
        many.write_on()
    _tell(changes)


def _tell(changes: Sequence[Change]) -> None:
    """Let each taker know, once, of what became theirs."""
    counts = Counter(change.to for change in changes if change.to and change.to != change.work.holder_id)
    for member in Membership.objects.filter(pk__in=counts):
        count = counts[member.pk]
        text = "A piece of work was" if count == 1 else f"{count} pieces of work were"
        tell([member], kind="reserved", text=f"{text} reserved for you.", link="/work/")


def _leave(changes: Iterable[Change]) -> None:
    """What was never opened leaves no trace of a part; what once was is kept, as let go. What others need stays."""
    givers = {(c.work.case_id, c.work.round, c.work.holder_id) for c in changes if c.work.holder_id}
    given = {change.work.id for change in changes}
    needed = _needed(givers, given)
    left = {key: part for key, part in _parts(givers).items() if key not in needed}
    forgotten = [part.pk for part in left.values() if part.outcome == Part.Outcome.RESERVED]
    released = [part.pk for part in left.values() if part.outcome == Part.Outcome.ACTIVE]
    Part.objects.filter(pk__in=forgotten).delete()
    Part.objects.filter(pk__in=released).update(outcome=Part.Outcome.RELEASED)


def _parts(of: set[_Key]) -> dict[_Key, Part]:
    found = Part.objects.filter(case__in={case for case, _, _ in of}, member__in={who for _, _, who in of})
    keyed = {(part.case_id, part.round, part.member_id): part for part in found}
    return {key: part for key, part in keyed.items() if key in of}


def _needed(of: set[_Key], given: set[UUID]) -> set[_Key]:
    """The parts that another task hangs on: one reviewer may review several reads of a case."""
    held = Task.objects.filter(
        case__in={case for case, _, _ in of},
        holder__in={who for _, _, who in of},
        status__in=[Task.Status.RESERVED, Task.Status.LEASED, Task.Status.DONE],
    ).exclude(pk__in=given)
    return set(held.values_list("case_id", "round", "holder_id"))


def _take(changes: Iterable[Change]) -> None:
    """Write the part of each taker, or take up the one that they let go: `tasks.parts.take_part`, for many."""
    takers = {(c.work.case_id, c.work.round, c.to): c.work for c in changes if c.to}
    known = _parts(set(takers))
    for key, part in known.items():
        part.slot = takers[key].part_slot
        if part.outcome != Part.Outcome.RESERVED:
            part.outcome = Part.Outcome.ACTIVE
    Part.objects.bulk_update(known.values(), ["slot", "outcome"], batch_size=_BATCH)
    Part.objects.bulk_create(
        Part(
            case_id=case,
            round=round_,
            member_id=to,
            kind=work.part_kind,
            slot=work.part_slot,
            outcome=Part.Outcome.RESERVED,
            case_number=new_case_number(),
        )
        for (case, round_, to), work in takers.items()
        if (case, round_, to) not in known
    )


def _recorded(many: ManyCases, change: Change, names: dict[UUID, str], reason: Reason | None) -> UUID:
    work, holder = change.work, names.get(change.work.holder_id) if change.work.holder_id else None
    about = {"kind": work.kind, "slot": work.slot, "holder": holder}
    if change.to:
        about |= {"for": names[change.to], "bound": False}
    entry = many.record(
        work.case_id,
        Action.TASK_RESERVED if change.to else Action.TASK_RELEASED,
        object=("task", work.id, work.slot),
        reason=reason,
        extra=about,
    )
    return entry.event_id


def _save(many: ManyCases, changes: Sequence[Change], events: Sequence[UUID]) -> None:
    now = many.now()
    start_by = now + timedelta(hours=whole(many.project, "start_by_hours"))
    tasks = [
        Task(
            id=change.work.id,
            status=Task.Status.RESERVED if change.to else Task.Status.OPEN,
            holder_id=change.to,
            start_by=start_by if change.to else None,
            entered_at=now,
            event_id=event,
        )
        for change, event in zip(changes, events, strict=True)
    ]
    Task.objects.bulk_update(
        tasks, ["status", "holder", "start_by", "entered_at", "event"], batch_size=_BATCH
    )
