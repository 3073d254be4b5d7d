"""What a page of a task sends by itself: drafts and signs of life. The answers are for its script."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from audit.access import NotRecorded
from screens.access import acting_on_task
from tasks.drafts import save_draft
from tasks.errors import LeaseLost, TaskFinished
from tasks.leases import heartbeat
from tasks.models import Draft, Task
from workflow.errors import AccessNotRecorded, DomainError
from workflow.permissions import Verb

from .desk import FORM
from .sent import token_of, typed_of, version_of

SIGNED_OUT = (
    "You were signed out. What you typed stays on this page: sign in again in another tab, then go on here."
)
SENT_ELSEWHERE = "This case is submitted, in another tab or an outside viewer. Go on from your queue."
Act = Callable[[HttpRequest, UUID], dict[str, Any]]


def quietly(act: Act) -> Callable[..., JsonResponse]:
    """An act whose refusal is a sentence in JSON, also for somebody whose session has ended."""

    @wraps(act)
    def answered(request: HttpRequest, task_id: UUID) -> JsonResponse:
        if not request.user.is_authenticated:
            return _told({"code": "signed_out", "detail": SIGNED_OUT}, 401)
        try:
            return _told(act(request, task_id))
        except DomainError as error:
            return _told({"code": error.code, "detail": error.detail}, error.status)
        except NotRecorded:
            refused = AccessNotRecorded()
            return _told({"code": refused.code, "detail": refused.detail}, refused.status)

    return answered


@require_POST
@quietly
def draft(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Keep what was typed so far."""
    kept = save_draft(
        acting=acting_on_task(request, task_id, Verb.WORK),
        task_id=task_id,
        token=token_of(request),
        data={FORM: typed_of(request).as_draft()},
        version=version_of(request),
    )
    return {"version": kept.version, "saved_at": kept.saved_at.isoformat()}


@require_POST
@quietly
def beat(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Still at it: extend the lease, and tell the page of a draft that came from elsewhere."""
    acting = acting_on_task(request, task_id, Verb.WORK)
    try:
        until = heartbeat(acting=acting, task_id=task_id, token=token_of(request))
    except LeaseLost:
        if Task.objects.filter(pk=task_id, holder=acting.person(), status=Task.Status.DONE).exists():
            raise TaskFinished(SENT_ELSEWHERE) from None
        raise
    kept = (
        Draft.objects.filter(task=task_id, member=acting.person()).values_list("version", flat=True).first()
    )
    return {"lease_until": until.isoformat(), "draft_version": kept or 0}


def _told(answer: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store"})
