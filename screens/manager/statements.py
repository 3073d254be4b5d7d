"""Who finished how much, and how long it took: by month, person and tier, also as CSV."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project
from screens.listing.files import cell, wants_csv
from screens.staffed import screen
from screens.styled import Day, Narrowing
from tasks.statements import Line, Period, everybodys, hours, period_of
from workflow.access import in_open_cases
from workflow.models import Membership
from workflow.permissions import Kind, Verb

HEADS = ("month", "person", "tier", "tasks", "hours", "seconds", "tasks without time")


class PeriodForm(Narrowing):
    """From which day to which."""

    first = forms.DateField(required=False, widget=Day(), label="From")
    last = forms.DateField(required=False, widget=Day(), label="To")


@screen()
def statements(request: HttpRequest, slug: str) -> HttpResponse:
    """The statement of a period; this month if none is asked for."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.STATEMENT).person()
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    period = period_of(member.project, asked.get("first"), asked.get("last"))
    lines = everybodys(member, period)
    if wants_csv(request):
        return _csv(f"{slug}-hours-{period.first}-{period.last}", lines)
    shown = form if form.errors else PeriodForm({"first": period.first, "last": period.last})
    context = {
        "project": member.project,
        "here": "statements",
        "form": shown,
        "period": period,
        "lines": lines,
        "people": _people(lines),
        "untimed": sum(line.untimed for line in lines),
        "csv": _csv_address(period),
        "plays_part": Membership.objects.filter(in_open_cases(), pk=member.pk).exists(),
    }
    return render(request, "manager/statements.html", context)


def _people(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Each person's sum over months and tiers, by name."""
    found: dict[Any, list[Line]] = {}
    for line in lines:
        found.setdefault((line.name, line.member), []).append(line)
    return [
        {"member": who, "name": name, "tasks": sum(x.tasks for x in own), "hours": _hours(own)}
        for (name, who), own in sorted(found.items())
    ]


def _hours(lines: Sequence[Line]) -> Any:
    return hours(sum(line.seconds for line in lines))


def _csv_address(period: Period) -> str:
    return "?" + urlencode({"first": period.first, "last": period.last, "format": "csv"})


def _csv(name: str, lines: Sequence[Line]) -> HttpResponse:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for line in lines:
        row = (
            f"{line.month:%Y-%m}", line.name, line.kind, line.tasks, line.hours, line.seconds, line.untimed,
        )  # fmt: skip
        writer.writerow([cell(value) for value in row])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
