"""Cases for auditors: a list to find one, and a case from its intake to its label, superseded reads and all."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from audit.models import Event
from screens.access import acting_in_project, acting_on_case
from screens.decisions import decisions_of, label_in_words
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from screens.styled import Narrowing
from screens.templatetags.staff import sha256
from workflow.access import cases_open_to
from workflow.errors import NotFound
from workflow.models import Case
from workflow.permissions import Kind, Verb
from workflow.queries import case_facts, checkpointed, told, with_seal
from workflow.seeing import saw_case, saw_list
from workflow.states import State

from .log import seal_of


class CaseFilter(Narrowing):
    """Which cases."""

    q = forms.CharField(required=False, max_length=200, label="Reference contains")
    state = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *((s.value, s.value.replace("_", " ")) for s in State)],
        label="State",
    )


CASES: Final = Listing(
    name="audit_cases",
    title="Cases",
    kinds=(Kind.LOG,),
    columns=(
        Column("reference", "Reference", ("external_ref",), heads=("reference", "id"), fixed=True),
        Column("state", "State", ("state", "created_at"), heads=("state", "held")),
        Column("split", "Split", ("split", "created_at"), heads=("split",)),
        Column("round", "Round", ("round", "created_at"), number=True, heads=("round",)),
        Column("events", "Events", ("audit_seq",), number=True, heads=("events",)),
        Column("head", "Last leaf hash", heads=("last leaf hash",), shown=False),
        Column("created", "Registered (UTC)", ("created_at",), heads=("registered (UTC)",)),
    ),
    sort="created",
    form=CaseFilter,
)


@screen()
def cases(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The project's cases, without their patients."""
    acting = acting_at(request, slug, CASES)
    member = acting.person()
    look = look_of(request, CASES, member.project)
    if look.opening:
        return redirect(look.opening)
    saw_list(acting)
    form = CaseFilter(request.GET)
    rows: QuerySet[Case] = cases_open_to([member])
    if form.is_valid():
        rows = rows.filter(external_ref__icontains=form.cleaned_data["q"])
        rows = rows.filter(state=form.cleaned_data["state"]) if form.cleaned_data["state"] else rows
    if wants_csv(request):
        return as_csv(f"{slug}-audited-cases", look, rows, _lines)
    page = page_of(request, look, rows)
    return render(
        request,
        "auditor/cases.html",
        {"project": member.project, "here": "cases", "form": form, "page": page},
    )


def _lines(rows: Sequence[Case]) -> Iterator[tuple[object, ...]]:
    for each in rows:
        yield (
            each.external_ref, each.pk, each.state, "yes" if each.held else "no", each.split, each.round,
            each.audit_seq, sha256(each.audit_head), each.created_at,
        )  # fmt: skip


@screen()
def case(request: HttpRequest, slug: str, case_id: UUID) -> HttpResponse:
    """The case's whole timeline, with everything that was decided and what was displayed for it."""
    acting_in_project(request, slug, Verb.SEE, Kind.LOG)
    acting = acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE)
    member = acting.person()
    found = Case.objects.select_related("project").get(pk=case_id)
    if found.project.slug != slug:
        raise NotFound("There is no such case in this project.")
    saw_case(acting, case_id)
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
        "head": sha256(found.audit_head),
    }
    return render(request, "auditor/case.html", context)
