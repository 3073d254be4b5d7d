"""Which frames a task's holder was served, by the access log: what the display manifest says of images.

What their browser fetched ahead, before they claimed the task, was served to them for it like the rest.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.models import Access
from workflow.images.marked import series_of
from workflow.models import Case, Instance

from .models import Task

PIXELS: Final = ("frames", "rendered", "thumbnail", "bulkdata", "instance")
AHEAD: Final = "frames_ahead"


def was_served() -> Exists:
    """Whether any pixels went out for a task since its holder began it, or ahead to them."""
    began = OuterRef("started_at"), OuterRef("opened_at")
    return Exists(_rows(OuterRef("pk"), OuterRef("holder__actor_id"), *began))


def frames_served(task: Task, case: Case) -> list[dict[str, Any]]:
    """Each stored file of which pixels went out, by its digest, with its frames as ranges counted from 1."""
    seen: dict[tuple[str, str, Any], set[int]] = {}
    for study, series, instance, frames in _rows(
        task.pk, task.holder.actor_id if task.holder else "", task.started_at, task.opened_at
    ).values_list("study", "series", "instance", "frames"):
        # No frames: all of what the row names, which may be a study, a series or an instance.
        seen.setdefault((study, series, instance), set()).update(frames or (0,))
    served = {digest: frames for digest, frames in _by_file(case, seen) if frames}
    return [{"digest": digest, "frames": ranges(served[digest])} for digest in sorted(served)]


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Whole numbers as the fewest [first, last]: 1, 2, 3, 7 are [1, 3] and [7, 7]."""
    ordered = sorted(set(numbers))
    breaks = [0, *(n for n, (a, b) in enumerate(pairwise(ordered), 1) if b > a + 1), len(ordered)]
    return [[ordered[a], ordered[b - 1]] for a, b in pairwise(breaks) if b > a]


def _rows(task: Any, holder: Any, began: Any, opened: Any) -> QuerySet[Access]:
    since = Q(at__gte=began, what__in=PIXELS) | Q(what=AHEAD, actor=holder)
    return Access.objects.filter(since, task_id=task, at__gte=opened)


def _by_file(case: Case, seen: dict[tuple[str, str, Any], set[int]]) -> Iterator[tuple[str, set[int]]]:
    files = Instance.objects.filter(series__in=series_of(case)).values_list(
        "pk", "digest", "series__uid", "series__study__uid", "frames"
    )
    for key, digest, series, study, frames in files:
        named = ((study, series, key), ("", "", key), (study, series, None), (study, "", None))
        numbers = set().union(*(seen.get(one, ()) for one in named))
        yield digest, set(range(1, len(frames) + 1)) if 0 in numbers else numbers
