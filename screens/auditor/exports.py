"""Bundles: a button to ask for one, and the list of those that were asked for, for auditors and managers."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from provenance.bundling import verifier_digest
from provenance.exporting import request_export
from provenance.labels_out.formats import FORMATS
from provenance.models import Export
from provenance.queries import with_notes
from screens.access import acting_in_project
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from screens.styled import Styled, sent
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb

from .exports_list import LISTS, as_shown, lines, narrowed

LAYOUTS: Final = {"audit": "auditor/project.html", "projects": "manager/project.html"}


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
            ("labels", "Labels: no bundle, but the reference labels in formats that other software reads"),
        ],
    )
    cases = forms.CharField(
        required=False,
        label="Cases of a subset",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="References, one per line. Left empty: every case that has a label.",
    )
    formats = forms.MultipleChoiceField(
        required=False,
        label="Formats of labels",
        widget=forms.CheckboxSelectMultiple,
        choices=list(FORMATS.items()),
        help_text="None chosen: all of them.",
    )


@screen("GET", "POST")
def exports(request: HttpRequest, slug: str, place: str) -> HttpResponseBase:
    """Ask for a bundle, or look at those that were asked for."""
    acting = acting_at(request, slug, LISTS[place])
    if request.method == "POST":
        acting = acting_in_project(request, slug, Verb.EXPORT, Kind.BUNDLE)
        return _ask(request, acting, place)
    return _shown(request, acting.person().project, place, ExportForm())


def _ask(request: HttpRequest, acting: Acting, place: str) -> HttpResponseBase:
    project, form = acting.person().project, ExportForm(sent(request))
    if form.is_valid():
        try:
            request_export(acting=acting, project=project, **_wanted(form, project))
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "It will be packed as soon as its event is sealed and signed.")
            return redirect(LISTS[place].name, project.slug)
    return _shown(request, project, place, form)


def _shown(request: HttpRequest, project: Project, place: str, form: ExportForm) -> HttpResponseBase:
    look, rows = look_of(request, LISTS[place], project), narrowed(request, project)
    if look.opening and not form.is_bound:
        return redirect(look.opening)
    if wants_csv(request):
        return as_csv(f"{project.slug}-bundles", look, rows, lines)
    context = {"layout": LAYOUTS[place], "project": project, "here": "exports", "form": form}
    context |= {"verifier": verifier_digest()}
    context |= as_shown(request, page_of(request, look, rows, show=with_notes))
    return render(request, "auditor/exports.html", context, status=422 if form.errors else 200)


def _wanted(form: ExportForm, project: Project) -> dict[str, Any]:
    profile = form.cleaned_data["profile"]
    names = [line.strip() for line in form.cleaned_data["cases"].splitlines() if line.strip()]
    formats = form.cleaned_data["formats"] or None
    return {"profile": profile, "cases": _ids(project, names) if names else None, "formats": formats}


def _ids(project: Project, names: list[str]) -> list[UUID]:
    known = dict(
        Case.objects.filter(project=project, external_ref__in=names).values_list("external_ref", "pk")
    )
    # A reference that nobody knows becomes an id that nobody has, and is refused with the others.
    return [known.get(name, UUID(int=0)) for name in names]
