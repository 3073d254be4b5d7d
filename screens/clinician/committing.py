"""Keeping one's own read before a model's marks are shown: the page's first step, where the protocol asks for it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from screens.staffed import screen
from tasks.committing import commit
from tasks.errors import TaskFinished
from workflow.errors import Committed, DomainError, NothingToCommit
from workflow.permissions import Verb

from .desk import desk_of
from .queue import go_on
from .results import read_result
from .room import DRAWN_ELSEWHERE, page, refused
from .sent import over_of, token_of, typed_of, version_of

KEPT = "Your own read is kept. Now you see the model’s marks: change what you see differently, then submit."


@screen("POST")
def committed(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Keep the read and show the page with the model's marks; what can't be kept yet comes back with its faults."""
    try:
        desk = desk_of(request, task_id, Verb.WORK)
    except TaskFinished as error:
        messages.info(request, error.detail)
        return go_on(request)
    typed = typed_of(request)
    if (newer := desk.outside_draft(max(version_of(request), over_of(request)))) is not None:
        return page(request, desk, typed, problem=DRAWN_ELSEWHERE, status=409, over=newer)
    result, faults = read_result(desk.schema, typed)
    if faults and desk.committing:
        return page(request, desk, typed, faults, status=422)
    try:
        commit(acting=desk.acting, task_id=task_id, token=token_of(request), labels=result["labels"])
    except (Committed, NothingToCommit) as error:
        messages.info(request, error.detail)
        return redirect("work_task", task_id)
    except DomainError as error:
        return refused(request, desk, typed, error)
    messages.success(request, KEPT)
    return redirect("work_task", task_id)
