"""What a project may change daily: a form made from the table of settings, and who changed what, when."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import sent
from tasks.settings import change_settings, changes_of, digest_of
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.permissions import Kind, Verb
from workflow.settings.reading import document
from workflow.settings.table import SETTINGS

from .settings_form import SettingsForm


@screen("GET", "POST")
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The settings as they are; on POST change what was changed, or show what refused it with all that was typed."""
    acting = acting_in_project(request, slug, Verb.CONFIGURE, Kind.SETTINGS)
    project = acting.person().project
    now = document(project)
    form = SettingsForm(now, digest_of(now), sent(request))
    if request.method == "POST" and form.is_valid() and _changed(request, acting, form):
        return redirect("project_settings", slug)
    history = [(c, _label(c.key), _text(c.before), _text(c.after)) for c in changes_of(project)]
    context = {"project": project, "here": "settings", "form": form, "history": history}
    return render(request, "manager/settings.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, acting: Acting, form: SettingsForm) -> bool:
    changes, seen = form.changes(), form.cleaned_data["seen"]
    try:
        change_settings(acting=acting, project=acting.person().project, changes=changes, seen=seen)
    except DomainError as error:
        form.refuse(error)
        return False
    said = ", ".join(sorted(_label(key).lower() for key in changes))
    messages.success(request, f"Changed: {said}." if changes else "Nothing was changed.")
    return True


def _label(key: str) -> str:
    return SETTINGS[key].label if key in SETTINGS else key


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
