"""How long a read, a review and an arbitration take in a project: from claim to decision, by its own log."""

from statistics import median

from django.db.models import F, OuterRef, QuerySet, Subquery

from audit.actions import Action
from audit.models import Event
from workflow.models import Project
from workflow.what_if.cases import Minutes

NEWEST = 1000  # acts of each tier that are looked at
TIERS = {
    "read": (Action.READ_SUBMITTED,),
    "review": (Action.REVIEW_ACCEPTED, Action.REVIEW_CORRECTED, Action.REVIEW_RETURNED),
    "arbitration": (Action.ARBITRATION_DECIDED,),
}


def minutes_of(project: Project, reviewed_share: float) -> Minutes:
    """The median minutes of each tier's newest acts; None where there was none. Three queries.

    A break with the case in hand counts too, which is why it is the median and not the mean.
    """
    return Minutes(
        **{tier: _median(_acts(project, actions)) for tier, actions in TIERS.items()},
        reviewed_share=reviewed_share,
    )


def _acts(project: Project, actions: tuple[Action, ...]) -> QuerySet[Event]:
    return Event.objects.filter(log__project_id=project.pk, action__in=actions, stream_kind="case")


def _median(acts: QuerySet[Event]) -> float | None:
    claimed = Event.objects.filter(
        stream_id=OuterRef("stream_id"),
        stream_seq__lt=OuterRef("stream_seq"),
        actor_id=OuterRef("actor_id"),
        action=Action.TASK_CLAIMED,
    )
    since = Subquery(claimed.order_by("-stream_seq").values("db_time")[:1])
    timed = acts.annotate(took=F("db_time") - since).filter(took__isnull=False)
    seconds = [took.total_seconds() for took in timed.order_by("-id").values_list("took", flat=True)[:NEWEST]]
    return median(seconds) / 60 if seconds else None
