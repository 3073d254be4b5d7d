"""Cases begin together: the first is advanced as any case is, the others' events and rows follow it.

A case's first events differ from those of its neighbours in ids, hashes and times alone. Where the first one brings
about anything else (a part, a content, a second move), each case is advanced by itself.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.alike import Alike, can_follow
from audit.log import Request
from workflow.acting import machine
from workflow.following import Begun
from workflow.intake import beginning
from workflow.models import Case, Project
from workflow.registering import AT_ONCE
from workflow.unit import on_case

from .advancing import advance, do_what_is_due
from .following import follow
from .models import Task


def begin(*, project: Project, case_ids: Sequence[UUID]) -> None:
    """Advance cases of one project that are in intake, all or none; those that must wait stay there."""
    with transaction.atomic():
        for first, *others in beginning(project, case_ids):
            begun, tasks = _begin_first(first)
            for start in range(0, len(others), AT_ONCE):
                together = others[start : start + AT_ONCE]
                followed = follow(begun, tasks, together) if begun else set()
                for case_id in together:
                    if case_id not in followed:
                        advance(case_id=case_id)


def _begin_first(case_id: UUID) -> tuple[Begun | None, list[Task]]:
    """Advance it; how others may follow, with which tasks, or None if they can't."""
    request = Request()
    with on_case(machine(request), case_id) as unit:
        before, head, time = _columns(unit.case), unit.stream.head, unit.journal.now()
        tasks = do_what_is_due(unit)
        entries, events_alone = unit.journal.entries, unit.journal.events_alone
    if not (events_alone and unit.moves == 1 and unit.round and can_follow(entries)):
        return None, tasks
    if any(task.holder_id or task.read_id for task in tasks):
        return None, tasks
    changed = {name: value for name, value in _columns(unit.case).items() if value != before[name]}
    alike = Alike(entries, [str(case_id), request.id, *(str(task.pk) for task in tasks)], head, time)
    return Begun(unit.project, changed, unit.round, entries, alike), tasks


def _columns(case: Case) -> dict[str, Any]:
    fields = [(str(field.column), field.attname) for field in case._meta.concrete_fields]
    return {column: getattr(case, name) for column, name in fields if not name.startswith("audit_")}
