"""Whether a case may begin: nothing of it waits at the gate, its wave is open, and none of its strata is full."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from workflow.images.deciding import those_that_wait, waits
from workflow.models import Case, GateFinding, Wave
from workflow.states import State

from .strata import stored


def may_begin_now(case: Case) -> bool:
    """Whether a case in intake may begin as far as its images and its wave go; a control never does. It is locked.

    The wave stays locked until the transaction ends, so that two cases never take the last place of a stratum.
    """
    if case.purpose == Case.Purpose.REFERENCE or waits(case.pk):
        return False
    if case.wave_id is None:
        return True
    wave = Wave.objects.select_for_update().get(pk=case.wave_id)
    return wave.status == Wave.Status.OPEN and not _is_full(wave, case)


def alone(case_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these cases that may have to wait, each for itself: at the gate, of a wave, or controls. Two queries."""
    apart = Q(wave__isnull=False) | Q(purpose=Case.Purpose.REFERENCE)
    return set(Case.objects.filter(apart, pk__in=case_ids).values_list("pk", flat=True)) | those_that_wait(
        case_ids
    )


def those_that_may(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without those in intake that wait at the gate or for their wave to open, and without controls."""
    at_gate = Exists(GateFinding.objects.filter(case=OuterRef("pk"), decided_event=None))
    waiting = ~Q(wave=None) & ~Q(wave__status=Wave.Status.OPEN) | Q(purpose=Case.Purpose.REFERENCE) | at_gate
    return cases.exclude(Q(state=State.INTAKE) & waiting)


def _is_full(wave: Wave, case: Case) -> bool:
    limits = [one for one in stored(wave.strata) if one.quota is not None and one.has(case.strata)]
    if not limits:
        return False
    begun = Case.objects.filter(wave=wave, round__gt=0).exclude(state=State.EXCLUDED)
    counts = begun.aggregate(
        **{f"n{n}": Count("pk", filter=Q(strata__contains=dict(one.where))) for n, one in enumerate(limits)}
    )
    return any(counts[f"n{n}"] >= (one.quota or 0) for n, one in enumerate(limits))
