"""What readers asked about cases, for the project's manager: a list, a page for each with its picture, an answer."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from screens.access import acting_in_project, acting_on_case
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from screens.styled import Styled, sent
from tasks.issues import LONGEST, answer_issue, issues_open_to, picture_of_issue
from workflow.acting import Acting
from workflow.errors import DomainError, NotFound
from workflow.models import Case
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_case, saw_list

from .issue_list import ISSUES, IssueFilter, lines, narrowed

NONE = "There is no such issue in this project."


class AnswerForm(Styled):
    """What the reader is told."""

    text = forms.CharField(
        label="Answer",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The reader sees it, and nobody else who reads. Name no other reader, and nothing of their reads.",
    )


@screen()
def issues(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every issue of the project, but of cases in which one plays a part."""
    acting = acting_at(request, slug, ISSUES)
    project = acting.person().project
    look = look_of(request, ISSUES, project)
    if look.opening:
        return redirect(look.opening)
    saw_list(acting)
    rows = narrowed(request, issues_open_to([acting.person()]))
    if wants_csv(request):
        return as_csv(f"{slug}-issues", look, rows, lines)
    context: dict[str, Any] = {"project": project, "here": "issues", "form": IssueFilter(request.GET)}
    return render(request, "manager/issues.html", context | {"page": page_of(request, look, rows)})


@screen("GET", "POST")
def issue(request: HttpRequest, slug: str, issue_id: UUID) -> HttpResponse:
    """One issue; sending the form answers it."""
    found, acting = _issue(
        request, slug, issue_id, Verb.ACKNOWLEDGE if request.method == "POST" else Verb.SEE
    )
    form = AnswerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            answer_issue(acting=acting, issue_id=issue_id, text=form.cleaned_data["text"])
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "The issue is answered; its reader is told.")
            return redirect("project_issue", slug, issue_id)
    saw_case(acting, found.case_id)
    shown = found.case.source_case or found.case
    viewer = json.dumps(found.viewer, indent=2, ensure_ascii=False) if found.viewer else ""
    context = {"project": found.case.project, "here": "issues", "issue": found, "form": form}
    context |= {"shown": shown, "viewer": viewer}
    return render(request, "manager/issue.html", context, status=422 if form.errors else 200)


@screen()
def issue_picture(request: HttpRequest, slug: str, issue_id: UUID) -> HttpResponse:
    """What the reader saw, as a PNG that nothing takes for anything else."""
    found, acting = _issue(request, slug, issue_id, Verb.SEE)
    saw_case(acting, found.case_id)
    response = HttpResponse(picture_of_issue(issue_id), content_type="image/png")
    response["Cache-Control"], response["X-Content-Type-Options"] = "private, no-store", "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = 'inline; filename="issue.png"'
    return response


def _issue(request: HttpRequest, slug: str, issue_id: UUID, verb: Verb) -> tuple[Any, Acting]:
    project = acting_in_project(request, slug, verb, Kind.ISSUE).person().project
    case_id = Case.objects.filter(project=project, issues=issue_id).values_list("pk", flat=True).first()
    if case_id is None:
        raise NotFound(NONE)
    acting = acting_on_case(request, case_id, verb, Kind.ISSUE)
    found = issues_open_to([acting.person()]).filter(pk=issue_id).first()
    if found is None:
        raise NotFound(NONE)
    return found, acting
