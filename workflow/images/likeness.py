"""Near-duplicates: images that look the same as some of another split, whatever their identity says."""

from uuid import UUID

from django.db import connection

from workflow.models import Series

_NEAR = """
SELECT 1 FROM workflow_caseimage i JOIN workflow_case c ON c.id = i.case_id
WHERE c.project_id = %s AND c.split <> %s AND c.state <> 'excluded' AND i.likeness IS NOT NULL
  AND bit_count((i.likeness # %s)::bit(64)) <= %s LIMIT 1
"""


def of_series(series: Series) -> int | None:
    """The likeness of the middle one of a series' instances, by their order; None if it shows nothing."""
    found = list(series.instances.values_list("likeness", "facts__instance_number", "uid"))
    found.sort(key=lambda one: (one[1] is None, one[1] or 0, one[2]))
    return found[len(found) // 2][0] if found else None


def is_in_other_split(project_id: UUID, split: str, likeness: int, distance: int) -> bool:
    """Whether a case of another split shows an image that differs by at most so many of 64 bits."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [project_id, split, likeness, distance])
        return cursor.fetchone() is not None
