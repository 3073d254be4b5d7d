"""What follows from what in a project, on average: from its own settled cases, else as its protocol lets expect."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Count, Sum

from tasks.models import Task
from tasks.planning.chain import Chain
from workflow.documents import protocol_of
from workflow.models import Case, CaseRound, Project, ProtocolVersion
from workflow.protocol.protocol import Protocol
from workflow.states import State

NEWEST: Final = 2000  # settled cases whose tasks are counted
ENOUGH: Final = 20  # settled cases from which the project's own history is asked
DISPUTED: Final = 0.25  # of cases, assumed until there is a history


def chain_of(project: Project) -> tuple[int, Chain]:
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


def followed(count: Mapping[str, int], planned: int) -> Chain:
    """The averages that bring about so many finished tasks of each kind from so many planned reads."""
    reads, reviews = count.get("annotate", 0), count.get("review", 0)
    if not reads or planned <= 0:
        return {}
    further = {"annotate": max(reads - planned, 0)}
    further |= {kind: count.get(kind, 0) for kind in ("reconcile", "arbitrate")}
    source, of = ("review", reviews) if reviews else ("annotate", reads)
    chain = {"annotate": {"review": reviews / reads}, source: {k: n / of for k, n in further.items()}}
    # To the hundredth: so that a plan is not outdated by each case that is settled.
    return {
        kind: {to: round(n, 2) for to, n in follows.items() if n >= 0.005} for kind, follows in chain.items()
    }


def _as_planned(project: Project) -> Chain:
    published = ProtocolVersion.objects.filter(project=project, status="published").first()
    return expected(protocol_of(str(published.content_id))) if published else {}


def expected(protocol: Protocol) -> Chain:
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
