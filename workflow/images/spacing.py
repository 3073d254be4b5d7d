"""How large a case's pixels are, by its images: what marks are measured by in mm."""

from collections.abc import Iterable

from imaging.grid import grid_of
from workflow.models import Instance, Series


def spacing_of(series: Iterable[Series]) -> list[dict[str, str]]:
    """The `spacing` of a case that shows these series: an entry for each whose images agree on theirs."""
    found = ((one.uid, grid_of(list(_facts(one)))) for one in series)
    return [{"series": uid, **grid} for uid, grid in found if grid]


def _facts(series: Series) -> Iterable[dict[str, object]]:
    return Instance.objects.filter(series=series).values_list("facts", flat=True)
