"""Ways out of a task other than finishing it, and the way to the safety contact."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from audit.log import Reason
from screens.access import acting_on_task
from screens.staffed import screen
from tasks.completing import recall
from tasks.leases import release, skip
from tasks.reporting import report
from workflow.errors import DomainError
from workflow.permissions import Kind, Verb

from .queue import go_on
from .sent import token_of

LONGEST_NOTE = 4000


@screen("POST")
def released(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give the task back unfinished; the draft is kept."""
    acting = acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO)
    release(acting=acting, task_id=task_id, token=token_of(request))
    messages.success(request, "The case is given back. What you typed is kept, should it come to you again.")
    return redirect("work_queue")


@screen("POST")
def skipped(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Pass the case on with a reason, and go on to the next."""
    acting = acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO)
    reason = Reason(request.POST.get("code", ""), request.POST.get("words", "").strip()[:LONGEST_NOTE])
    skip(acting=acting, task_id=task_id, token=token_of(request), reason=reason)
    messages.success(request, "The case is passed on. It won’t be offered to you again.")
    return go_on(request)


@screen("POST")
def recalled(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take back a submitted read, if nobody has opened it."""
    acting = acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO)
    try:
        recall(acting=acting, task_id=task_id)
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, "Your read is back: it waits for you under Start next.")
    return redirect("work_queue")


@screen("POST")
def reported(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tell the safety contact of an urgent or incidental finding; the answer replaces the form of the dialog."""
    acting = acting_on_task(request, task_id, Verb.REPORT, Kind.SAFETY_REPORT)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    context = {"task_id": task_id, "token": token_of(request), "kind": kind, "text": text}
    try:
        context["made"] = report(
            acting=acting, task_id=task_id, token=token_of(request), kind=kind, text=text
        )
    except DomainError as error:
        faults = error.extra.get("faults") or []
        context["wrong"] = " ".join(fault["message"] for fault in faults) or error.detail
    return render(request, "clinician/report.html", context)
