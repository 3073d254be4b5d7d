"""The reading room: a task's page, and what its holder sends from it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from screens.forms.answers import Fault
from screens.forms.drawing import with_drawn
from screens.forms.labels import with_copy, with_finding, without_finding
from screens.forms.typed import Typed
from screens.forms.unremarkable import with_normal
from screens.staffed import screen
from tasks.attesting import has_attested
from tasks.completing import submit
from tasks.drafts import save_draft
from tasks.errors import TaskFinished
from tasks.models import Task
from workflow.errors import CommitFirst, DomainError
from workflow.permissions import Verb
from workflow.seeing import saw

from .desk import FORM, Desk, desk_of
from .outside import viewers_for
from .page import context_of
from .queue import go_on
from .results import Result, decision_result, read_result, verdict_result
from .sent import over_of, token_of, typed_of, version_of

DRAWN_ELSEWHERE = (
    "A newer draft of this case came from an outside viewer, so nothing was sent. Load this page anew to see it,"
    " or submit again to send what stands here instead."
)


@screen()
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The page of a task that one holds."""
    desk = desk_of(request, task_id)
    if desk.unit.protocol.display.daily and not has_attested(desk.acting.person()):
        address = reverse("work_display", args=[desk.task.case.project.slug])
        return redirect(f"{address}?task={task_id}")
    saw(desk.acting, "record", case_id=desk.task.case_id, task_id=task_id)
    return page(request, desk, desk.typed())


@screen("POST")
def submitted(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Finish the task and go on to the next; what can't be sent yet comes back with its faults."""
    try:
        desk = desk_of(request, task_id, Verb.WORK)
    except TaskFinished as error:
        messages.info(request, error.detail)
        return go_on(request)
    if desk.committing:
        return refused(request, desk, typed_of(request), CommitFirst())
    if request.POST.get("mode", desk.mode) != desk.mode:
        messages.info(request, "Your own read is kept already. Now you see the others’ and decide.")
        return redirect("work_task", task_id)
    typed = typed_of(request)
    if (newer := desk.outside_draft(max(version_of(request), over_of(request)))) is not None:
        return page(request, desk, typed, problem=DRAWN_ELSEWHERE, status=409, over=newer)
    if desk.mode == "read" and request.POST.get("normal"):
        typed, unlike = with_normal(desk.schema, typed)
        if unlike:
            return page(request, desk, typed, problem=unlike, status=422)
    result, faults = _result(desk, typed)
    if faults:
        return page(request, desk, typed, faults, status=422)
    try:
        done = submit(acting=desk.acting, task_id=task_id, token=token_of(request), result=result)
    except TaskFinished as error:
        messages.info(request, error.detail)
        return go_on(request)
    except DomainError as error:
        return refused(request, desk, typed, error)
    if done.status != Task.Status.DONE:
        messages.success(request, "Your own read is kept. Now you see the others’ and decide.")
        return redirect("work_task", task_id)
    messages.success(request, f"Case {desk.number} is submitted.")
    return go_on(request)


@screen("POST")
def left(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Save what was typed and leave; the case stays in one's hands until the lease ends."""
    desk, typed = desk_of(request, task_id, Verb.WORK), typed_of(request)
    try:
        save_draft(
            acting=desk.acting,
            task_id=task_id,
            token=token_of(request),
            data={FORM: typed.as_draft()},
            version=version_of(request),
            explicit=True,
        )
    except DomainError as error:
        return refused(request, desk, typed, error)
    messages.success(request, f"Case {desk.number} is saved.")
    return redirect("work_queue")


@screen("POST")
def findings(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The findings of the form with one added, drawn, removed or copied from a read; nothing is stored."""
    desk, typed = desk_of(request, task_id, Verb.WORK), typed_of(request)
    act, _, what = request.POST.get("change", "").partition(":")
    refused: list[str] = []
    if act == "draw":
        changed, refused = with_drawn(desk.schema, typed, what, request.POST.get("drawn", ""))
    else:
        changed = _changed(desk, typed, act, what)
    if not getattr(request, "htmx", False):
        return page(request, desk, changed)
    context = context_of(desk, changed)
    context["sheet"].finding_faults += refused
    context["focus_on"] = len(changed.findings()) - 1 if act in ("add", "take") else None
    return render(request, "parts/form/findings.html", context)


def _changed(desk: Desk, typed: Typed, act: str, what: str) -> Typed:
    if act == "add":
        return with_finding(desk.schema, typed, what)
    if act == "remove" and what.isdigit():
        return without_finding(typed, int(what))
    if act == "take":
        letter, _, name = what.partition(":")
        for finding in desk.offered.get(letter, {}).get("findings", []):
            if finding["id"] == name:
                return with_copy(desk.schema, typed, finding)
    return typed


def _result(desk: Desk, typed: Typed) -> Result:
    if desk.mode == "review":
        return verdict_result(desk.schema, typed)
    if desk.mode == "arbitrate":
        return decision_result(desk.schema, typed, desk.material)
    return read_result(desk.schema, typed)


def refused(request: HttpRequest, desk: Desk, typed: Typed, error: DomainError) -> HttpResponse:
    """The page again, with what was refused at its place, or as a whole."""
    faults = error.extra.get("faults") or []
    problem = "" if faults else error.detail
    return page(request, desk, typed, faults, problem, status=error.status)


def page(
    request: HttpRequest,
    desk: Desk,
    typed: Typed,
    faults: list[Fault] | None = None,
    problem: str = "",
    status: int = 200,
    over: int | None = None,
) -> HttpResponse:
    """The page of a task, never kept by the browser."""
    version = version_of(request) if request.method == "POST" else None
    context = context_of(desk, typed, faults or [], problem, version)
    context |= {"viewers": viewers_for(desk), "over": over}
    response = render(request, "clinician/room.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
