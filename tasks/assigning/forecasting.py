"""When a project's study will end, from its open tasks, its people, and what has followed from what so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Sum
from django.utils import timezone

from tasks.models import Task
from tasks.opening import LIVE
from tasks.planning.forecast import Forecast, Outlook, forecast
from workflow.documents import protocol_of
from workflow.measuring.pace import paces_of
from workflow.models import Case, CaseRound, Project, ProtocolVersion
from workflow.protocol.protocol import Protocol
from workflow.settings.reading import calendar_of
from workflow.states import State

from .people import as_people, usual_minutes, workers

NEWEST: Final = 2000  # settled cases whose tasks are counted
ENOUGH: Final = 20  # settled cases from which the project's own history is asked
DISPUTED: Final = 0.25  # of cases, assumed until there is a history


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast, when it was made, and how many settled cases its averages come from (0: from the protocol)."""

    forecast: Forecast
    at: datetime
    settled: int


def foresee(project: Project) -> Foreseen:
    """When the study ends if people spend their time where it is needed; a fixed number of queries."""
    now, paces = timezone.now(), paces_of(project)
    settled, chain = chain_of(project)
    outlook = Outlook(
        people=as_people(project, workers(project), paces),
        open=_open(project),
        usual=usual_minutes(paces),
        chain=chain,
        calendar=calendar_of(project),
    )
    return Foreseen(forecast(outlook, now), now, settled)


def chain_of(project: Project) -> tuple[int, Mapping[str, Mapping[str, float]]]:
    """How many settled cases were asked, and how many tasks of each kind follow from one, on average.

    What came beyond the planned reads follows from the reviews, or from the reads where nothing is reviewed.
    """
    ids = list(
        Case.objects.filter(project=project, state=State.FINAL)
        .order_by("-created_at")
        .values_list("pk", flat=True)[:NEWEST]
    )
    if len(ids) < ENOUGH:
        return 0, _as_planned(project)
    done = Task.objects.filter(case__in=ids, status=Task.Status.DONE).values_list("kind")
    count = dict(done.annotate(n=Count("pk")).order_by())
    planned = CaseRound.objects.filter(case__in=ids).aggregate(n=Sum("reads_planned"))["n"] or 0
    return len(ids), followed(count, planned)


def followed(count: Mapping[str, int], planned: int) -> Mapping[str, Mapping[str, float]]:
    """The averages that bring about so many finished tasks of each kind from so many planned reads."""
    reads, reviews = count.get("annotate", 0), count.get("review", 0)
    if not reads:
        return {}
    further = {"annotate": max(reads - planned, 0)}
    further |= {kind: count.get(kind, 0) for kind in ("reconcile", "arbitrate")}
    source, of = ("review", reviews) if reviews else ("annotate", reads)
    chain = {"annotate": {"review": reviews / reads}, source: {k: n / of for k, n in further.items()}}
    return {kind: {to: n for to, n in follows.items() if n} for kind, follows in chain.items()}


def _as_planned(project: Project) -> Mapping[str, Mapping[str, float]]:
    published = ProtocolVersion.objects.filter(project=project, status="published").first()
    return expected(protocol_of(str(published.content_id))) if published else {}


def expected(protocol: Protocol) -> Mapping[str, Mapping[str, float]]:
    """The averages that a protocol lets expect, a quarter of the cases being disputed."""
    reads = protocol.reads
    per_read = 1 / max(reads.count, 1)
    arbitrated = DISPUTED + (1 - DISPUTED) * float(protocol.arbitration.share)
    after_reads = {
        "review": float(protocol.junior_review.share),
        "annotate": DISPUTED * min(reads.max - reads.count, 1) * per_read,
        "reconcile": DISPUTED if protocol.second_look_rounds else 0.0,
        "arbitrate": arbitrated * per_read,
    }
    return {"annotate": {kind: n for kind, n in after_reads.items() if n}}


def _open(project: Project) -> dict[str, int]:
    live = Task.objects.filter(case__project=project, status__in=LIVE).values_list("kind")
    return dict(live.annotate(n=Count("pk")).order_by())
