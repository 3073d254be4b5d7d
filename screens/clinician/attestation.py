"""What display one reads on, asked once a day before the first case where the protocol asks for it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, sent
from tasks.attesting import DIAGONAL, PIXELS, Display, attest, last_said
from workflow.errors import DomainError
from workflow.models import Membership
from workflow.permissions import Kind, Verb

from .queue import go_on

YES_NO = [("yes", "Yes"), ("no", "No")]


class DisplayForm(Styled):
    """What somebody says of their display."""

    diagonal = forms.IntegerField(
        label="Diagonal in inches",
        min_value=DIAGONAL[0],
        max_value=DIAGONAL[1],
        help_text="Of the glass, rounded.",
    )
    width = forms.IntegerField(label="Pixels across", min_value=PIXELS[0], max_value=PIXELS[1])
    height = forms.IntegerField(label="Pixels down", min_value=PIXELS[0], max_value=PIXELS[1])
    calibrated = forms.ChoiceField(
        label="Is it calibrated for reading images?", choices=YES_NO, widget=forms.RadioSelect
    )
    calibrated_on = forms.DateField(
        required=False, label="When was it calibrated last?", widget=forms.DateInput(attrs={"type": "date"})
    )
    dimmed = forms.ChoiceField(label="Is the room’s light dimmed?", choices=YES_NO, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """Calibrated displays were calibrated on a day."""
        given = super().clean() or {}
        if given.get("calibrated") == "yes" and not given.get("calibrated_on"):
            self.add_error("calibrated_on", "Say when it was calibrated last, or that it isn’t calibrated.")
        return given

    def display(self) -> Display:
        """As it is kept."""
        given = self.cleaned_data
        return Display(
            diagonal=given["diagonal"],
            width=given["width"],
            height=given["height"],
            calibrated_on=given["calibrated_on"] if given["calibrated"] == "yes" else None,
            dimmed=given["dimmed"] == "yes",
        )


@screen("GET", "POST")
def work_display(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what one reads on today, then go on to the case that waited for it."""
    acting = acting_in_project(request, slug, Verb.REPORT, Kind.ATTESTATION)
    member, form = acting.person(), DisplayForm(sent(request), initial=_last(acting.person()))
    if request.method == "POST" and form.is_valid():
        try:
            attest(acting=acting, display=form.display())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "Your display is noted for today.")
            return _onwards(request)
    context = {"project": member.project, "form": form, "task": _task(request)}
    return render(request, "clinician/display.html", context, status=422 if form.errors else 200)


def _onwards(request: HttpRequest) -> HttpResponse:
    task = _task(request)
    return redirect("work_task", task) if task else go_on(request)


def _task(request: HttpRequest) -> UUID | None:
    """The task in hand that waits for the answer."""
    try:
        return UUID(request.POST.get("task") or request.GET.get("task", ""))
    except ValueError:
        return None


def _last(member: Membership) -> dict[str, Any]:
    """What was said last, to be confirmed; whether the room is dimmed is asked anew each day."""
    said = last_said(member)
    if said is None:
        return {}
    told = said.content.data
    width, height = told["pixels"]
    return {
        "diagonal": told["diagonal_inches"],
        "width": width,
        "height": height,
        "calibrated": "yes" if told["calibrated_on"] else "no",
        "calibrated_on": told["calibrated_on"],
    }
