"""What a case needs of whoever works on it, and whether a person's credentials answer to that.

Needs are tags: `specialty:neuroradiology`, `modality:MR`, `body_part:BRAIN`. The database makes a person's tags out of
the credentials that are valid on a day (`workflow_tags`), so that claim, staffing and planning ask one and the same.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection

from .models import Membership

NEED: Final = re.compile(
    r"specialty:[^A-Z\x00-\x1f\x7f]{1,80}|(?:modality|body_part):[^a-z\x00-\x1f\x7f]{1,40}"
)
MOST_NEEDS: Final = 12
CREDENTIAL: Final = "credential"  # the tag of everybody with any credential that is valid


def need_faults(needs: Iterable[str]) -> list[dict[str, str]]:
    """What is wrong with a case's needs, one fault for each."""
    given = list(needs)
    if len(given) > MOST_NEEDS or len(set(given)) != len(given):
        message = f"Name at most {MOST_NEEDS} needs, each once."
        return [{"path": "/needs", "code": "bad_needs", "message": message}]
    message = (
        "Say needs as specialty:neuroradiology (lower case), modality:MR or body_part:BRAIN (upper case)."
    )
    return [
        {"path": f"/needs/{place}", "code": "bad_need", "message": message}
        for place, need in enumerate(given)
        if NEED.fullmatch(need) is None or need != need.strip()
    ]


def tags_of(members: Sequence[Membership], on: date) -> dict[UUID, frozenset[str] | None]:
    """What each member's credentials of a day answer to; None where none is valid. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, workflow_tags(m.user_id, %s) FROM workflow_membership m WHERE m.id = ANY(%s)",
            [on, [member.pk for member in members]],
        )
        return {pk: None if tags is None else frozenset(tags) for pk, tags in cursor.fetchall()}
