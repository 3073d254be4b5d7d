"""Finishing a task: the only way in which people move a case."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from audit.actions import Action
from audit.canonical import parse
from audit.contents import Blob
from audit.log import Entry
from audit.models import Event
from workflow.acting import Acting
from workflow.arbitrating import submit_arbitration
from workflow.errors import CommitFirst, InvalidInput, NotFound
from workflow.models import Case, Decision, Read
from workflow.reading import recall_read, submit_first_look, submit_read, submit_second_look
from workflow.reviewing import submit_review
from workflow.settling import settle
from workflow.states import State
from workflow.unit import CaseUnit, on_case

from .displays import aid_of, manifest, read_under_review, waits_for_commitment
from .errors import CannotRecall, NotYours
from .held import on_own_task
from .jobs import advance_soon, score_soon
from .models import Draft, Task
from .naming import told_by_holder
from .opening import match_tasks
from .probes import score_later
from .queues import ROLE_OF_KIND
from .worktime import count_work, how_worked

Result = dict[str, Any]


def submit(*, acting: Acting, task_id: UUID, token: UUID, result: Result) -> Task:
    """Finish a task with its result: labels, a verdict, or a decision, by the task's kind.

    An arbitration has two steps: the arbiter's own labels first, and only then are the reads shown. A read for which a
    model's marks wait is committed to first (`tasks.committing`): CommitFirst.
    """
    return submit_told(acting=acting, task_id=task_id, token=token, result_for=lambda *_: result)[1]


def submit_told(
    *, acting: Acting, task_id: UUID, token: UUID, result_for: Callable[[str, bool], Result]
) -> tuple[CaseUnit, Task]:
    """The same, with the result that `result_for` has for the task's kind, and for a first look; all that it left."""
    with on_own_task(acting, task_id, token) as (unit, task):
        if waits_for_commitment(unit, task):
            raise CommitFirst()
        count_work(task, unit.now())
        first = is_first_look(unit, task)
        told, display = result_for(task.kind, first), manifest(unit, task)
        result: Result = told_by_holder(told, unit.case, task)
        if first:
            _look_first(unit, task, result, display)
        else:
            _finish(unit, task, _do(unit, task, result, display))
            follow(unit)
    return unit, task


def is_first_look(unit: CaseUnit, task: Task) -> bool:
    """Whether this arbitration still waits for the arbiter's own labels, with nothing revealed."""
    return task.kind == Task.Kind.ARBITRATE and needs_first_look(unit, task)


def needs_first_look(unit: CaseUnit, task: Task) -> bool:
    """Whether the arbiter must read before anything is revealed.

    Where the protocol samples agreed cases, every arbitration begins blind: else a sampled one would show.
    """
    return task.revealed_at is None and unit.protocol.arbitration.samples


def follow(unit: CaseUnit, caused_by: Entry | None = None) -> None:
    """After any change: let the case move on, open what it wants now, and have the machine's part done soon."""
    situation = settle(unit, caused_by)
    match_tasks(unit, caused_by)
    if situation.is_probe:
        score_later(unit, situation)
        if unit.case.purpose == Case.Purpose.CALIBRATION:
            score_soon(unit.case.pk)
    if situation.consensus_is_due:
        advance_soon(unit.case.pk)


def recall(*, acting: Acting, task_id: UUID) -> None:
    """Take back a submitted read, until the next person opens it; it is reserved for its author again."""
    member = acting.person()
    task = Task.objects.filter(pk=task_id, case__project=member.project_id, kind=Task.Kind.ANNOTATE).first()
    if task is None:
        raise NotFound("There is no such task.")
    with on_case(acting.using(ROLE_OF_KIND[task.kind]), task.case_id) as unit:
        read = Read.objects.select_related("content").filter(task_id=task_id).order_by("-revision").first()
        if read is None or read.member_id != member.pk:
            raise NotYours("You can recall only a read that you submitted.")
        if unit.case.state not in (State.ANNOTATION, State.JUNIOR_REVIEW) or _was_opened(read):
            raise CannotRecall()
        recall_read(unit, read)
        follow(unit)


def _was_opened(read: Read) -> bool:
    """Whether anybody claimed work that shows the read, since it was submitted; letting it go again changes nothing."""
    claims = Event.objects.filter(
        stream_id=read.case_id,
        action__in=[Action.TASK_CLAIMED, Action.PROBE_SCORED],  # a score is what a probe comes to
        stream_seq__gt=read.event.stream_seq,
    )
    return any(_shows(parse(bytes(body))["extra"], read) for body in claims.values_list("body", flat=True))


def _shows(claimed: dict[str, Any], read: Read) -> bool:
    if "kind" not in claimed:
        return True
    if claimed["kind"] == Task.Kind.REVIEW:
        return bool(claimed["slot"] == read.slot)
    return claimed["kind"] in (Task.Kind.RECONCILE, Task.Kind.ARBITRATE)


def _do(unit: CaseUnit, task: Task, result: dict[str, Any], display: Blob) -> Decision:
    match task.kind:
        case Task.Kind.ANNOTATE:
            return _as_read(submit_read, unit, task, result, display, aid=aid_of(unit, task))
        case Task.Kind.RECONCILE:
            return _as_read(submit_second_look, unit, task, result, display)
        case Task.Kind.REVIEW:
            return submit_review(unit, read=read_under_review(task, unit), verdict=result, display=display)
        case _:
            return submit_arbitration(unit, decision=result, display=display)


def _as_read(
    how: Callable[..., Read], unit: CaseUnit, task: Task, result: dict[str, Any], display: Blob, **more: Any
) -> Read:
    return how(
        unit,
        task_id=task.pk,
        slot=task.slot,
        labels=_labels(result),
        display=display,
        started_at=task.started_at,
        worked=how_worked(task),
        **more,
    )


def _look_first(unit: CaseUnit, task: Task, result: dict[str, Any], display: Blob) -> None:
    assert task.started_at is not None
    submit_first_look(
        unit,
        task_id=task.pk,
        labels=_labels(result),
        display=display,
        started_at=task.started_at,
        worked=how_worked(task),
    )
    task.revealed_at = unit.now()
    task.save(update_fields=["revealed_at", "seen_at", "active_seconds"])
    Draft.objects.filter(task=task, member=unit.acting.person()).delete()


def _labels(result: dict[str, Any]) -> Any:
    if "labels" not in result:
        raise InvalidInput([{"path": "/labels", "code": "missing", "message": "Send the labels."}])
    return result["labels"]


def _finish(unit: CaseUnit, task: Task, decision: Decision) -> None:
    task.status, task.token, task.lease_until = Task.Status.DONE, None, None
    task.done_at = unit.now()
    task.event_id = decision.event_id
    task.save()
    Draft.objects.filter(task=task, member=unit.acting.person()).delete()
