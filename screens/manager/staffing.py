"""Whether there are enough people for every case, and the work that nobody can take."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project
from screens.staffed import screen
from tasks.shortages import shortages_of
from tasks.stuck import stuck_work
from workflow.access import cases_open_to
from workflow.drafting import protocol_to_check
from workflow.errors import DomainError
from workflow.models import ProtocolVersion
from workflow.permissions import Kind, Verb
from workflow.staffing import staffing_of


@screen()
def staffing(request: HttpRequest, slug: str) -> HttpResponse:
    """The check under the published protocol, or under the version that `?protocol=` names, a draft too."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    project, asked = member.project, request.GET.get("protocol", "")
    versions = ProtocolVersion.objects.filter(project=project).exclude(status="retired").order_by("number")
    context = {
        "project": project,
        "here": "staffing",
        "versions": versions.only("number", "status"),
        "stuck": stuck_work(project, cases_open_to([member])),
        "days": shortages_of(project, cases_open_to([member])),
    }
    try:
        number = int(asked) if asked.isdecimal() and len(asked) < 7 else None
        version, protocol = protocol_to_check(project, number)
        context |= {"version": version, "staffing": staffing_of(project, protocol)}
    except DomainError as error:
        context |= {"refusal": error, "asked": asked, "faults": error.extra.get("faults", [])}
    return render(request, "manager/staffing.html", context)
