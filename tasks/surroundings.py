"""A task read at once with all that an act on it needs: its case, its round, where the case's chain stands."""

from typing import Any, Final
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, Func, OuterRef, QuerySet, Subquery

from audit.models import Event
from workflow.acting import Acting
from workflow.documents import guideline_version, protocol_version
from workflow.models import CaseRound, Part
from workflow.situation import Head
from workflow.unit import CaseUnit

from .models import Draft, Task
from .numbers import with_case_number

_ROUND: Final = tuple(field.attname for field in CaseRound._meta.concrete_fields)


def surrounded(tasks: QuerySet[Task], member: UUID) -> QuerySet[Task]:
    """The tasks, each with its case, project, log and round; with what `member` has of it: a part, a draft."""
    last = Event.objects.filter(stream_id=OuterRef("case")).order_by("-stream_seq")
    part = Part.objects.filter(case=OuterRef("case"), round=OuterRef("round"), member=member)
    return (
        with_case_number(tasks.filter(case__rounds__number=F("round")))
        .select_related("case__project__log")
        .annotate(
            **{f"its_{name}": F(f"case__rounds__{name}") for name in _ROUND},
            clock=Func(function="clock_timestamp", output_field=DateTimeField()),
            last_event=Subquery(last.values("server_time")[:1]),
            last_seq=Subquery(last.values("stream_seq")[:1]),
            has_part=Exists(part),
            has_draft=Exists(Draft.objects.filter(task=OuterRef("pk"), member=member)),
        )
    )


def unit_of(acting: Acting, task: Any) -> CaseUnit:
    """The unit of a task that was read so, whose case is locked.

    A lock that was waited for shows the row as it is now, but what was read beside it as it was before: it counts
    only if the chain ended then where the row says that it ends.
    """
    unit = CaseUnit(acting, task.case)
    if task.round == task.case.round and task.last_seq == task.case.audit_seq:
        unit.begin_with(_round_of(task), Head(task.clock, task.last_event))
    return unit


def _round_of(task: Any) -> CaseRound:
    found = CaseRound.from_db("default", _ROUND, [getattr(task, f"its_{name}") for name in _ROUND])
    found.guideline = guideline_version(found.guideline_id)
    found.protocol = protocol_version(found.protocol_id)
    return found
