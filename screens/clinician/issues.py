"""Raise issue: from the case in one's hands to the project's manager; and what one was answered."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_on_task, members_who_may
from screens.staffed import screen
from tasks.issues import own_issues, raise_issue
from tasks.models import Issue
from tasks.pictures import picture_from
from workflow.errors import DomainError
from workflow.permissions import Kind, Verb

from .sent import token_of


@screen("POST")
def issue_raised(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tell the manager of something about the case; the answer replaces the form of the dialog."""
    acting = acting_on_task(request, task_id, Verb.REPORT, Kind.ISSUE)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    context: dict[str, Any] = {"task_id": task_id, "token": token_of(request), "kind": kind, "text": text}
    context["issue_kinds"] = Issue.Kind.choices
    try:
        context["made"] = raise_issue(
            acting=acting,
            task_id=task_id,
            token=context["token"],
            kind=kind,
            text=text,
            picture=picture_from(request.POST.get("picture", "")),
            viewer=_viewer(request),
        )
    except DomainError as error:
        faults = error.extra.get("faults") or []
        context["wrong"] = " ".join(fault["message"] for fault in faults) or error.detail
    return render(request, "clinician/issue.html", context)


@screen()
def my_issues(request: HttpRequest) -> HttpResponse:
    """What one raised oneself, with the answers."""
    members = members_who_may(request, Verb.REPORT, Kind.ISSUE)
    return render(request, "clinician/issues.html", {"issues": own_issues(members)})


def _viewer(request: HttpRequest) -> dict[str, Any]:
    """The viewer's state as the page sent it; what is no JSON object is left out, as nobody typed it."""
    try:
        state = json.loads(request.POST.get("viewer_state", "") or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
