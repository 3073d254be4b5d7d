"""Waves: planned, opened and closed, with how far each is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import sent
from tasks.waves import close_wave, open_wave
from workflow.access import cases_open_to
from workflow.errors import DomainError, NotFound
from workflow.permissions import Kind, Verb
from workflow.waves.managing import create_wave, revise_wave, wave_of
from workflow.waves.progress import progress_of, waves_of

from .wave_form import WaveForm, text_of

ACTS = {"open": open_wave, "close": close_wave}


@screen()
def waves(request: HttpRequest, slug: str) -> HttpResponse:
    """Every wave, stratum by stratum."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    found = waves_of(member.project, cases_open_to([member]))
    context = {"project": member.project, "here": "waves", "waves": found}
    return render(request, "manager/waves.html", context)


@screen("GET", "POST")
def new_wave(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a wave."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
    project, form = acting.person().project, WaveForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            wave = create_wave(acting=acting, project=project, **form.given())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{wave.name} is planned. Cases join it by its name at their import.")
            return redirect("project_wave", slug, wave.pk)
    context = {"project": project, "here": "waves", "form": form}
    return render(request, "manager/wave_form.html", context, status=422 if form.errors else 200)


@screen()
def wave(request: HttpRequest, slug: str, wave_id: UUID) -> HttpResponse:
    """One wave with its progress, and what can be done with it."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    found = progress_of(wave_of(member.project, wave_id), cases_open_to([member]))
    context = {"project": member.project, "here": "waves", "found": found}
    return render(request, "manager/wave.html", context)


@screen("GET", "POST")
def plan_otherwise(request: HttpRequest, slug: str, wave_id: UUID) -> HttpResponse:
    """Change a wave before any of its cases began."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
    known = wave_of(acting.person().project, wave_id)
    form = WaveForm(sent(request), initial=text_of(known))
    if request.method == "POST" and form.is_valid():
        try:
            revise_wave(acting=acting, wave=known, **form.given())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_wave", slug, wave_id)
    context = {"project": known.project, "here": "waves", "form": form, "wave": known}
    return render(request, "manager/wave_form.html", context, status=422 if form.errors else 200)


@screen("POST")
def set_wave(request: HttpRequest, slug: str, wave_id: UUID, act: str) -> HttpResponse:
    """Open a wave, or close it."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
    if act not in ACTS:
        raise NotFound("There is no such act.")
    ACTS[act](acting=acting, wave=wave_of(acting.person().project, wave_id))
    return redirect("project_wave", slug, wave_id)
