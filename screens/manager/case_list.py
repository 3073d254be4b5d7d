"""The list of cases: what it can be narrowed to, its columns, and its lines as CSV."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.db.models import Aggregate, Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from audit.models import Event
from screens.listing.columns import Column, Listing
from screens.styled import Narrowing
from tasks.models import Task
from tasks.opening import LIVE
from workflow.counted import counted
from workflow.models import Case, CaseRound, Exclusion
from workflow.permissions import Kind
from workflow.queries import settled_how, skipped_twice
from workflow.states import State


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


CASES: Final = Listing(
    name="project_cases",
    title="Cases",
    kinds=(Kind.OVERVIEW,),
    columns=(
        Column("reference", "Reference", ("external_ref",), heads=("reference", "id"), fixed=True),
        Column("state", "State", ("state", "created_at"), heads=("state", "held")),
        Column("split", "Split", ("split", "created_at"), heads=("split",)),
        Column("wave", "Wave", heads=("wave", "for"), shown=False),
        Column("site", "Site", heads=("site",)),
        Column("priority", "Priority", ("priority", "created_at"), number=True, heads=("priority",)),
        Column("round", "Round", ("round", "created_at"), number=True, heads=("round",)),
        Column("returns", "Returns", ("passes", "created_at"), number=True, heads=("returns",), shown=False),
        Column("tasks", "Open tasks", number=True, heads=("open tasks",)),
        Column("lease", "Lease until", heads=("lease until",), shown=False),
        Column("guideline", "Guideline", number=True, heads=("guideline",), shown=False),
        Column("events", "Events", ("audit_seq",), number=True, heads=("events",), shown=False),
        Column("created", "Registered", ("created_at",), heads=("registered",)),
        Column("activity", "Last activity", heads=("last activity",), shown=False),
    ),
    sort="created",
    form=CaseFilter,
)
PRIORITY: Final = {"raised": {"priority__gt": 0}, "normal": {"priority": 0}, "lowered": {"priority__lt": 0}}


def filtered(request: HttpRequest, cases: QuerySet[Case]) -> tuple[CaseFilter, QuerySet[Case]]:
    """The filter of the address, and the cases that pass it; a filter with a fault lets all of them pass."""
    form = CaseFilter(request.GET)
    return form, narrowed(cases, form.cleaned_data) if form.is_valid() else cases.filter(counted())


def narrowed(cases: QuerySet[Case], asked: dict[str, Any]) -> QuerySet[Case]:
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
    return cases.filter(**conditions)


def with_details(cases: QuerySet[Case]) -> QuerySet[Any]:
    """Cases with their site, live tasks, the last lease, guideline version and last event. Still one query."""
    # Subqueries are computed for the rows of the page alone; joins would be for all.
    round_now = CaseRound.objects.filter(case=OuterRef("pk"), number=OuterRef("round"))
    last = Event.objects.filter(stream_id=OuterRef("pk"), stream_seq=OuterRef("audit_seq"))
    return cases.select_related("wave").annotate(
        site=KeyTextTransform("site", "strata"),
        open_tasks=Coalesce(_of_live_tasks(Count("pk")), 0),
        lease=_of_live_tasks(Max("lease_until")),
        guideline=Subquery(round_now.values("guideline__number")[:1]),
        activity=Subquery(last.values("db_time")[:1]),
    )


def _of_live_tasks(what: Aggregate) -> Subquery:
    live = Task.objects.filter(case=OuterRef("pk"), status__in=LIVE).order_by()
    return Subquery(live.values("case").annotate(what=what).values("what"))


def lines(cases: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """The cases as lines of a CSV file, with the cells of every column."""
    for case in cases:
        yield (
            case.external_ref, case.pk, case.state, "yes" if case.held else "no", case.split,
            case.wave.name if case.wave else "", case.get_purpose_display(), case.site,
            case.priority, case.round, case.passes, case.open_tasks, case.lease, case.guideline,
            case.audit_seq, case.created_at, case.activity,
        )  # fmt: skip
