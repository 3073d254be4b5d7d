"""How far several imports are, for their list: the same queries however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Sum

from workflow.models import GateFinding, ImportBatch, ImportFile, ImportRow

from .queries import Progress

Counts = dict[UUID, dict[str, int]]


def progress_of_each(batches: Sequence[ImportBatch]) -> dict[UUID, Progress]:
    """How far each of these imports is, by its id. Four queries."""
    files = ImportFile.objects.filter(batch__in=batches)
    rows = ImportRow.objects.filter(batch__in=batches)
    by_state = _counts(files.values_list("batch", "state").annotate(n=Count("pk")).order_by())
    by_result = _counts(rows.values_list("batch", "result").annotate(n=Count("pk")).order_by())
    own = files.filter(member=0).values_list("batch")
    bytes_of = {
        batch: (here, all_) for batch, here, all_ in own.annotate(Sum("received"), Sum("size")).order_by()
    }
    open_findings = GateFinding.objects.filter(batch__in=batches, decided_event=None, case__state="intake")
    at_gate = dict(open_findings.values_list("batch").annotate(n=Count("case", distinct=True)).order_by())
    return {
        one.pk: Progress(
            by_state[one.pk], by_result[one.pk], *bytes_of.get(one.pk, (0, 0)), at_gate.get(one.pk, 0)
        )
        for one in batches
    }


def _counts(rows: object) -> Counts:
    found: Counts = defaultdict(dict)
    for batch, name, number in rows:  # type: ignore[attr-defined]
        found[batch][name] = number
    return found
