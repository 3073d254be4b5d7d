"""On which images marks lie: by stored UIDs in the tables and the log, by a reader's own in the reader's hands."""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.db.models import QuerySet

from workflow.errors import InvalidInput
from workflow.labels.images_cited import SERIES, SOP, Cited, images_cited, with_images_named
from workflow.models import Case, Instance, Series

from .serving import series_of_case
from .shown import ShownUids

ELSEWHERE: Final = (
    "This mark lies on an image that isn't of this case. Open the case again and draw it there."
)


def as_shown(value: Any, case: Case, uids: Callable[[], ShownUids]) -> Any:
    """A copy of labels, or of anything that holds some, with the reader's UIDs; of a case without images as it is."""
    if next(images_cited(value), None) is None or not series_of(case).exists():
        return value
    return with_images_named(value, uids().shown)


def as_stored(value: Any, case: Case, uids: Callable[[], ShownUids]) -> Any:
    """A copy of what a reader sent with the stored UIDs; InvalidInput for a mark on what is no image of the case."""
    cited = list(images_cited(value))
    series = set(series_of(case).values_list("uid", flat=True)) if cited else set()
    if not series:
        return value
    stored = uids().stored
    wanted = {stored(one.uid) for one in cited if one.member == SOP}
    known = {SERIES: series, SOP: _instances(case, wanted) if wanted else set()}
    if faults := [_elsewhere(one) for one in cited if stored(one.uid) not in known[one.member]]:
        raise InvalidInput(faults)
    return with_images_named(value, lambda uid: stored(uid) or uid)


def not_of_case(value: Any, case: Case) -> list[dict[str, str]]:
    """A fault for each image that labels with the stored UIDs name and that isn't of the case; none without images."""
    cited = list(images_cited(value))
    series = set(series_of(case).values_list("uid", flat=True)) if cited else set()
    if not series:
        return []
    known = {SERIES: series, SOP: _instances(case, {one.uid for one in cited if one.member == SOP})}
    return [_elsewhere(one) for one in cited if one.uid not in known[one.member]]


def series_of(case: Case) -> QuerySet[Series]:
    """The series that a case shows."""
    return series_of_case(case.shows)


def _instances(case: Case, wanted: Collection[str | None]) -> set[str]:
    rows = Instance.objects.filter(uid__in=[uid for uid in wanted if uid], series__in=series_of(case))
    return set(rows.values_list("uid", flat=True))


def _elsewhere(one: Cited) -> dict[str, str]:
    return {"path": one.path.removeprefix("/labels"), "code": "not_of_this_case", "message": ELSEWHERE}
