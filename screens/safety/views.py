"""Urgent and incidental findings, as the safety contact sees and acknowledges them."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_as, acting_on_report, memberships_of, reports_open_to
from screens.staffed import screen
from workflow.access import is_contact
from workflow.permissions import Kind, Verb
from workflow.safety import acknowledge_finding
from workflow.seeing import saw_case, saw_lists

MOST = 200
LONGEST_NOTE = 4000


@screen()
def safety_reports(request: HttpRequest) -> HttpResponse:
    """The reports of one's projects, those that wait first."""
    saw_lists(memberships_of(request), Kind.SAFETY_REPORT, partial(acting_as, request))
    every = reports_open_to(request)
    waiting = every.filter(acknowledged_by=None).order_by("acknowledge_by")
    done = every.exclude(acknowledged_by=None).order_by("-reported_at")[:MOST]
    return render(request, "safety/reports.html", {"waiting": waiting, "done": done})


@screen("GET", "POST")
def safety_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report; sending the form acknowledges it."""
    if request.method == "POST":
        acting = acting_on_report(request, report_id, Verb.ACKNOWLEDGE)
        note = request.POST.get("note", "").strip()[:LONGEST_NOTE]
        acknowledge_finding(acting=acting, report_id=report_id, note=note)
        messages.success(request, "The finding is acknowledged.")
        return redirect("safety_reports")
    acting = acting_on_report(request, report_id, Verb.SEE)
    report = reports_open_to(request).get(pk=report_id)
    saw_case(acting, report.case_id)
    return render(
        request,
        "safety/report.html",
        {"report": report, "may_acknowledge": is_contact(acting.person()) and not report.acknowledged_by_id},
    )
