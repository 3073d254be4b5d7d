"""Controls: what is known of which case, to whom it was shown, and how readers stand."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Reason
from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, WithReason, sent
from workflow.acting import Acting
from workflow.errors import DomainError, InvalidInput
from workflow.models import Case, GoldItem
from workflow.permissions import Kind, Verb
from workflow.probes.gold import add_gold, item_of, retire_gold
from workflow.probes.seeing import controls_of, readers_of
from workflow.reasons import fault

from .json_field import JsonField


class MaybeJson(JsonField):
    """A JSON object that may be left out."""

    def __init__(self, *, label: str, rows: int) -> None:
        super().__init__(label=label, rows=rows)
        self.required = self.widget.is_required = False

    def clean(self, value: Any) -> Any:
        """The value, or None."""
        return super().clean(value) if value and value.strip() else None


class ControlForm(Styled):
    """Which case, and what is known of it."""

    reference = forms.CharField(max_length=200, label="Reference of the case")
    use = forms.ChoiceField(
        choices=[
            ("gold", "Mixed into readers’ work, unknown to them"),
            ("calibration", "Calibration, worked through openly"),
        ],
        label="For",
        required=False,
    )
    position = forms.IntegerField(
        min_value=0, max_value=10_000, initial=0, required=False, label="Place in calibration"
    )
    from_label = forms.BooleanField(
        required=False,
        initial=True,
        label="Known by its released label",
        help_text="For a final case. For one that was registered as a control, give the labels below.",
    )
    labels = MaybeJson(label="Labels (JSON)", rows=8)
    reasoning = forms.CharField(
        required=False,
        max_length=4000,
        label="Reasoning",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why the guideline has it so.",
    )

    def clean_labels(self) -> dict[str, Any] | None:
        """The labels, or None where the released label says what is known."""
        labels: dict[str, Any] | None = self.cleaned_data["labels"]
        if labels is None and not self.cleaned_data.get("from_label"):
            raise forms.ValidationError("Give the labels, or take the released label.")
        return labels


class RetireForm(WithReason):
    """Why a control is retired."""

    codes = ("answer_was_wrong", "known_to_readers", "guideline_changed")


@screen()
def controls(request: HttpRequest, slug: str) -> HttpResponse:
    """Every control, and how readers stand."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.CONTROL).person().project
    context = {"project": project, "here": "controls"}
    context |= {"controls": controls_of(project), "readers": readers_of(project)}
    return render(request, "manager/controls.html", context)


@screen("GET", "POST")
def new_control(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a case a control."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.CONTROL)
    form = ControlForm(sent(request), initial={"reference": request.GET.get("case", "")})
    if request.method == "POST" and form.is_valid():
        try:
            _add(acting, form)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "It is in use from now on.")
            return redirect("project_controls", slug)
    context = {"project": acting.person().project, "here": "controls", "form": form}
    return render(request, "manager/control_form.html", context, status=422 if form.errors else 200)


@screen("GET", "POST")
def retire(request: HttpRequest, slug: str, control_id: UUID) -> HttpResponse:
    """Retire a control."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.CONTROL)
    item, form = item_of(acting.person().project, control_id), RetireForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            retire_gold(
                acting=acting,
                item=item,
                reason=Reason(form.cleaned_data["reason_code"], form.cleaned_data["note"]),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_controls", slug)
    context = {"project": item.project, "here": "controls", "form": form, "item": item}
    return render(request, "manager/control_form.html", context, status=422 if form.errors else 200)


def _add(acting: Acting, form: ControlForm) -> None:
    given = form.cleaned_data
    cases = Case.objects.select_related("project__log").filter(
        project=acting.person().project_id, source_case=None
    )
    case = cases.filter(external_ref=given["reference"]).first()
    if case is None:
        raise InvalidInput([fault("/reference", "unknown", "There is no case with this reference.")])
    labels = None if given["from_label"] else given["labels"]
    add_gold(
        acting=acting, case=case, use=given["use"] or GoldItem.Use.GOLD, labels=labels,
        reasoning=given["reasoning"], position=given["position"] or 0,
    )  # fmt: skip
