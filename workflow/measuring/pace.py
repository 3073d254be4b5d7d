"""How long a read, a review and an arbitration take in a project: from claim to decision, by its own log."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from audit.actions import Action
from audit.models import Event
from workflow.counted import without_study
from workflow.models import Case, Project
from workflow.what_if.cases import Minutes

NEWEST = 1000  # acts of each tier that are looked at
TIERS = {
    "read": (Action.READ_SUBMITTED,),
    "review": (Action.REVIEW_ACCEPTED, Action.REVIEW_CORRECTED, Action.REVIEW_RETURNED),
    "arbitration": (Action.ARBITRATION_DECIDED,),
}
# The same by kind of task, as tasks are counted and planned.
OF_KIND: Final = {
    "annotate": (Action.READ_SUBMITTED, Action.READ_REVISED),
    "reconcile": (Action.READ_SECOND_LOOK,),
    "review": TIERS["review"],
    "arbitrate": (*TIERS["arbitration"], Action.ARBITRATION_SENT_BACK),
}
ENOUGH = 10  # acts of one person and kind from which their own median is told
MOST_LOOKED_AT = 5000  # newest acts of each kind that paces are measured on
SHORTEST = 0.1  # minutes


@dataclass(frozen=True, slots=True)
class Paces:
    """Median minutes by kind of task: the project's, and those of each person (by name in the log) who did enough."""

    usual: Mapping[str, float]
    own: Mapping[str, Mapping[str, float]]


def paces_of(project: Project) -> Paces:
    """How long each kind of task takes in a project, and each of its people; kinds that nobody did are not named.

    Minutes, from claim to decision, to the tenth: so that a plan is not outdated by a second. One query a kind.
    """
    usual: dict[str, float] = {}
    own: dict[str, dict[str, float]] = defaultdict(dict)
    for kind, actions in OF_KIND.items():
        took = _seconds(_acts(project, actions), MOST_LOOKED_AT)
        if took:
            usual[kind] = _minutes([seconds for _, seconds in took])
        each: dict[str, list[float]] = defaultdict(list)
        for actor, seconds in took:
            each[actor].append(seconds)
        for actor, theirs in each.items():
            if len(theirs) >= ENOUGH:
                own[actor][kind] = _minutes(theirs)
    return Paces(usual, own)


def _minutes(seconds: list[float]) -> float:
    return max(round(median(seconds) / 60, 1), SHORTEST)


def minutes_of(project: Project, reviewed_share: float) -> Minutes:
    """The median minutes of each tier's newest acts; None where there was none. Three queries.

    A break with the case in hand counts too, which is why it is the median and not the mean.
    """
    return Minutes(
        **{tier: _median(_acts(project, actions)) for tier, actions in TIERS.items()},
        reviewed_share=reviewed_share,
    )


def _acts(project: Project, actions: tuple[Action, ...]) -> QuerySet[Event]:
    acts = Event.objects.filter(log__project_id=project.pk, action__in=actions, stream_kind="case")
    probe = without_study(Case.objects.filter(pk=OuterRef("stream_id")))
    return acts.exclude(Exists(probe))


def _median(acts: QuerySet[Event]) -> float | None:
    seconds = [took for _, took in _seconds(acts, NEWEST)]
    return median(seconds) / 60 if seconds else None


def _seconds(acts: QuerySet[Event], newest: int) -> list[tuple[str, float]]:
    """Who took how long, for the newest acts whose claim is known."""
    claimed = Event.objects.filter(
        stream_id=OuterRef("stream_id"),
        stream_seq__lt=OuterRef("stream_seq"),
        actor_id=OuterRef("actor_id"),
        action=Action.TASK_CLAIMED,
    )
    since = Subquery(claimed.order_by("-stream_seq").values("db_time")[:1])
    timed = acts.annotate(took=F("db_time") - since).filter(took__isnull=False)
    rows = timed.order_by("-id").values_list("actor_id", "took")[:newest]
    return [(actor, took.total_seconds()) for actor, took in rows]
