"""The list of cases, and the file of one: what is known of it, what is open in it, all that happened to it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from audit.models import Event
from screens.access import acting_on_agreement, acting_on_case
from screens.decisions import decisions_of, label_in_words
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from tasks.queries import open_work
from workflow.access import cases_open_to
from workflow.errors import NotFound
from workflow.images.looking import images_of, open_findings
from workflow.models import Case
from workflow.permissions import Kind, Verb
from workflow.queries import case_facts, told
from workflow.seeing import saw_case, saw_list

from .case_acts import acts_for, who_may_agree
from .case_filter import OF_AGREEMENT, filtered
from .case_list import CASES, lines, with_details

MOST_EVENTS = 1000


@screen()
def cases(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The project's cases: filtered, sorted, a page at a time or all as CSV."""
    acting = acting_at(request, slug, CASES)
    member = acting.person()
    look = look_of(request, CASES, member.project)
    if look.opening:
        return redirect(look.opening)
    if any(request.GET.get(name) for name in OF_AGREEMENT):
        acting_on_agreement(request, slug)
    saw_list(acting)
    form, rows = filtered(request, cases_open_to([member]), member.project)
    if wants_csv(request):
        return as_csv(f"{slug}-cases", look, with_details(rows), lines)
    page = page_of(request, look, rows, show=with_details)
    context = {"project": member.project, "here": "cases", "form": form, "page": page}
    return render(request, "manager/cases.html", context)


@screen()
def case(request: HttpRequest, slug: str, case_id: UUID) -> HttpResponse:
    """One case in full, with its patient, its decisions, its open work and its whole timeline."""
    acting = acting_on_case(request, case_id, Verb.SEE, Kind.PATIENT_KEY)
    member = acting.person()
    found = Case.objects.select_related("project", "wave").get(pk=case_id)
    if member.project.slug != slug:
        raise NotFound("There is no such case in this project.")
    saw_case(acting, case_id)
    events = list(Event.objects.filter(stream_id=case_id).order_by("stream_seq")[:MOST_EVENTS])
    facts = case_facts(found)
    context = {
        "project": member.project,
        "here": "cases",
        "case": found,
        "facts": facts,
        "decisions": decisions_of(found),
        "said": label_in_words(facts),
        "work": open_work(found),
        "acts": acts_for(found, facts.exclusion, member),
        "agreeing": who_may_agree(found, facts.exclusion),
        "series": list(images_of(case_id)),
        "gate": open_findings(case_id),
        "events": told(member.project, events),
    }
    return render(request, "manager/case.html", context)
