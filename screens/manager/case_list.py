"""The list of cases: its columns, what is known of each, and its lines as CSV."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Aggregate, Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from audit.models import Event
from screens.listing.columns import Column, Listing
from tasks.models import Task
from tasks.opening import LIVE
from workflow.models import Case, CaseRound
from workflow.permissions import Kind

from .case_filter import CaseFilter

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
