"""What the list of cases can be narrowed to."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from screens.styled import Narrowing
from workflow.counted import counted
from workflow.measuring.kept import row_of
from workflow.measuring.quality import QUALITY, named_cases
from workflow.measuring.taken import reads_measured
from workflow.models import Case, Exclusion, Project
from workflow.queries import finished_since, first_pass, settled_how, skipped_twice
from workflow.states import State

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PAIR: Final = rf"^{_ID},{_ID}$"
OF_AGREEMENT: Final = ("cell", "readers")  # what tells how readers agree


class CaseFilter(Narrowing):
    """Which cases; what is empty narrows nothing."""

    q = forms.CharField(required=False, max_length=200, label="Reference contains")
    state = forms.MultipleChoiceField(
        required=False,
        choices=[(s.value, s.value.replace("_", " ")) for s in State],
        widget=forms.CheckboxSelectMultiple,
        label="State",
    )
    split = forms.ChoiceField(required=False, choices=[("", "any"), *Case.Split.choices], label="Split")
    held = forms.ChoiceField(
        required=False, choices=[("", "any"), ("yes", "on hold"), ("no", "not on hold")], label="Hold"
    )
    priority = forms.ChoiceField(
        required=False,
        choices=[
            ("", "any"),
            ("raised", "raised (above 0)"),
            ("normal", "normal (0)"),
            ("lowered", "lowered"),
        ],
        label="Priority",
    )
    settled = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("consensus", "agreed"), ("arbitration", "arbitrated")],
        label="Settled",
    )
    final_since = forms.DateField(required=False, label="Final since")
    first_review = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("accepted", "all accepted"), ("otherwise", "not all accepted")],
        label="First review",
    )
    exclusion = forms.ChoiceField(
        required=False, choices=[("", "any"), ("waiting", "waits for a second person")], label="Exclusion"
    )
    skipped = forms.ChoiceField(
        required=False, choices=[("", "any"), ("twice", "by two people or more")], label="Skipped"
    )
    purpose = forms.ChoiceField(
        required=False,
        choices=[
            ("", "the study"),
            ("pilot", "a pilot"),
            ("reference", "controls"),
            ("any", "any of these"),
        ],
        label="For",
    )
    wave = forms.CharField(required=False, max_length=60, label="Wave")
    # What a page of quality leads to: a cell of its tables, or what some readers answered.
    cell = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    readers = forms.RegexField(PAIR, required=False, widget=forms.HiddenInput)
    answered = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


PRIORITY: Final = {"raised": {"priority__gt": 0}, "normal": {"priority": 0}, "lowered": {"priority__lt": 0}}


def filtered(
    request: HttpRequest, cases: QuerySet[Case], project: Project
) -> tuple[CaseFilter, QuerySet[Case]]:
    """The filter of the address, and the cases that pass it.

    A filter with a fault lets all of them pass.
    """
    form = CaseFilter(request.GET)
    return form, narrowed(cases, form.cleaned_data, project) if form.is_valid() else cases.filter(counted())


def narrowed(cases: QuerySet[Case], asked: dict[str, Any], project: Project) -> QuerySet[Case]:
    """The cases that pass."""
    conditions: dict[str, Any] = dict(PRIORITY.get(asked["priority"], {}))
    if asked["purpose"] != "any":
        conditions["purpose"] = asked["purpose"] or Case.Purpose.STUDY
    if asked["wave"]:
        conditions["wave__name"] = asked["wave"]
    if asked["q"]:
        conditions["external_ref__icontains"] = asked["q"]
    if asked["state"]:
        conditions["state__in"] = asked["state"]
    if asked["split"]:
        conditions["split"] = asked["split"]
    if asked["held"]:
        conditions["held"] = asked["held"] == "yes"
    if asked["exclusion"]:
        cases = cases.filter(Exists(Exclusion.objects.filter(case=OuterRef("pk"), approved_by=None)))
    if asked["skipped"]:
        cases = skipped_twice(cases)
    if asked["settled"]:
        cases = settled_how(cases, asked["settled"])
    if asked["final_since"]:
        cases = finished_since(cases, asked["final_since"], project.time_zone)
    if asked["first_review"]:
        cases = first_pass(cases, passed=asked["first_review"] == "accepted")
    if asked["cell"]:
        known = QUALITY.known(row_of(project, QUALITY, {}))
        conditions["pk__in"] = named_cases(known, asked["cell"]) if known else []
    for reader in filter(None, asked["readers"].split(",")):
        read = reads_measured(project, UUID(reader), asked["answered"])
        cases = cases.filter(pk__in=read.values("case"))
    return cases.filter(**conditions)
