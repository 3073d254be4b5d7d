"""Cases for auditors: a list to find one, and a case from its intake to its label, superseded reads and all."""

from typing import Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from audit.models import Event
from screens.access import acting_in_project, acting_on_case
from screens.decisions import decisions_of, label_in_words
from screens.listing import Column, page_of
from screens.staffed import screen
from screens.styled import Narrowing
from workflow.access import cases_open_to
from workflow.errors import NotFound
from workflow.models import Case
from workflow.permissions import Kind, Verb
from workflow.queries import case_facts, checkpointed, told, with_seal
from workflow.states import State

from .log import seal_of

COLUMNS: Final = (
    Column("reference", "Reference", ("external_ref",)),
    Column("state", "State", ("state", "created_at")),
    Column("split", "Split", ("split", "created_at")),
    Column("round", "Round", ("round", "created_at"), number=True),
    Column("events", "Events", ("audit_seq",), number=True),
    Column("created", "Registered (UTC)", ("created_at",)),
)


class CaseFilter(Narrowing):
    """Which cases."""

    q = forms.CharField(required=False, max_length=200, label="Reference contains")
    state = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *((s.value, s.value.replace("_", " ")) for s in State)],
        label="State",
    )


@screen()
def cases(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The project's cases, without their patients."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person()
    form = CaseFilter(request.GET)
    rows: QuerySet[Case] = cases_open_to([member])
    if form.is_valid():
        rows = rows.filter(external_ref__icontains=form.cleaned_data["q"])
        rows = rows.filter(state=form.cleaned_data["state"]) if form.cleaned_data["state"] else rows
    page = page_of(request, rows, COLUMNS, "created")
    return render(
        request,
        "auditor/cases.html",
        {"project": member.project, "here": "cases", "form": form, "page": page},
    )


@screen()
def case(request: HttpRequest, slug: str, case_id: UUID) -> HttpResponse:
    """The case's whole timeline, with everything that was decided and what was displayed for it."""
    acting_in_project(request, slug, Verb.SEE, Kind.LOG)
    member = acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE).person()
    found = Case.objects.select_related("project").get(pk=case_id)
    if found.project.slug != slug:
        raise NotFound("There is no such case in this project.")
    rows = list(with_seal(Event.objects.filter(stream_id=case_id)).order_by("stream_seq"))
    covered, facts = checkpointed(member.project), case_facts(found)
    events = [
        {**event, "seal": seal_of(row.leaf_index, covered.get(row.log_id, 0))}
        for event, row in zip(told(member.project, rows), rows, strict=True)
    ]
    context = {
        "project": member.project,
        "here": "cases",
        "case": found,
        "facts": facts,
        "decisions": decisions_of(found),
        "said": label_in_words(facts),
        "events": events,
        "head": f"sha256:{bytes(found.audit_head).hex()}",
    }
    return render(request, "auditor/case.html", context)
