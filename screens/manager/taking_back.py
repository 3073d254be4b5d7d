"""A manager takes a task out of somebody's hands, on a page that says first what will happen."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Reason
from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import WithReason, sent
from tasks.models import Task
from tasks.taking_back import take_back
from workflow.access import cases_open_to
from workflow.errors import NotFound
from workflow.permissions import Kind, Verb
from workflow.queries import name_of


class TakeBackForm(WithReason):
    """Why somebody else shall have it."""

    codes = ("holder_away", "urgent", "taken_by_mistake")


@screen("GET", "POST")
def take_task_back(request: HttpRequest, slug: str, task_id: UUID) -> HttpResponse:
    """Ask why; then let others have the task."""
    acting = acting_in_project(request, slug, Verb.WITHDRAW, Kind.WORKLIST)
    visible = Task.objects.filter(case__in=cases_open_to([acting.person()]).values("pk"))
    task = visible.select_related("case__project", "holder__user").filter(pk=task_id).first()
    if task is None:
        raise NotFound("There is no such task in this project.")
    form = TakeBackForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reason = Reason(form.cleaned_data["reason_code"], form.cleaned_data["note"].strip())
        [row] = take_back(acting=acting, task_ids=[task_id], reason=reason)
        if row.taken:
            messages.success(request, f"{task.case.external_ref}: the task is anybody’s again.")
            return redirect("project_work", slug)
        form.add_error(None, row.detail)
    holder = name_of(task.holder) if task.holder else "nobody"
    context = {"project": task.case.project, "here": "work", "task": task, "holder": holder, "form": form}
    return render(request, "manager/take_back.html", context, status=422 if form.errors else 200)
