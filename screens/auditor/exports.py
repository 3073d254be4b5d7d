"""Bundles: a button to ask for one, and the list of those that were asked for, for auditors and managers."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from provenance.exporting import request_export
from provenance.keeping import kept_until
from provenance.models import Export
from provenance.queries import exports_of, in_words, note_of
from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, sent
from workflow.errors import DomainError
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb

# Where the page stands: its layout, its address, and what opens that door.
PLACES: Final = {
    "audit": ("auditor/project.html", "audit_exports", Kind.LOG),
    "projects": ("manager/project.html", "project_exports", Kind.OVERVIEW),
}
MOST_SHOWN = 50


class ExportForm(Styled):
    """Which bundle."""

    profile = forms.ChoiceField(
        label="Profile",
        widget=forms.RadioSelect,
        initial=Export.Profile.FULL,
        choices=[
            ("full", "Full: every event, with names, reasons and references"),
            ("pseudonymous", "Pseudonymous: every event, without names, reasons and references"),
            ("subset", "Subset: some cases to their end, and the project’s own events"),
        ],
    )
    cases = forms.CharField(
        required=False,
        label="Cases of a subset",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="References, one per line. Left empty: every case that has a label.",
    )


@screen("GET", "POST")
def exports(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """Ask for a bundle, or look at those that were asked for."""
    acting_in_project(request, slug, Verb.SEE, PLACES[place][2])
    verb = Verb.EXPORT if request.method == "POST" else Verb.SEE
    acting = acting_in_project(request, slug, verb, Kind.BUNDLE)
    project = acting.person().project
    form = ExportForm(sent(request))
    if form.is_valid():
        try:
            request_export(acting=acting, project=project, **_wanted(form, project))
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "The bundle will be packed as soon as its event is sealed and signed.")
            return redirect(PLACES[place][1], slug)
    return render(
        request, "auditor/exports.html", _context(project, form, place), status=422 if form.errors else 200
    )


def _context(project: Project, form: ExportForm, place: str) -> dict[str, Any]:
    rows = exports_of(project).order_by("-requested_at")[:MOST_SHOWN]
    shown = [
        {"export": row, "words": in_words(row), "note": note_of(row), "kept_until": kept_until(row)}
        for row in rows
    ]
    unfinished = any(row.state in ("requested", "recorded", "packing") for row in rows)
    return {
        "layout": PLACES[place][0],
        "place": place,
        "project": project,
        "here": "exports",
        "form": form,
        "rows": shown,
        "unfinished": unfinished,
    }


def _wanted(form: ExportForm, project: Project) -> dict[str, Any]:
    profile = form.cleaned_data["profile"]
    names = [line.strip() for line in form.cleaned_data["cases"].splitlines() if line.strip()]
    return {"profile": profile, "cases": _ids(project, names) if names else None}


def _ids(project: Project, names: list[str]) -> list[UUID]:
    known = dict(
        Case.objects.filter(project=project, external_ref__in=names).values_list("external_ref", "pk")
    )
    # A reference that nobody knows becomes an id that nobody has, and is refused with the others.
    return [known.get(name, UUID(int=0)) for name in names]
