"""The access log as an auditor reads it: the rows that are theirs to see, where each is sealed, names beside them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from audit.access import Code
from audit.access_messages import MEANINGS
from audit.models import Access, Leaf

from .models import Case, Membership, Part, Project
from .queries import names_of
from .states import State


def readable_access(member: Membership) -> QuerySet[Access]:
    """Who saw what in a member's project, but not of cases in which they play a part until the case is final."""
    mine = Part.objects.filter(member=member, case=OuterRef("case_id"), round=F("case__round"))
    closed = Exists(mine.exclude(case__state=State.FINAL))
    return Access.objects.filter(~closed, log__project_id=member.project_id)


def with_batch(rows: QuerySet[Access]) -> QuerySet[Any]:
    """Rows with the event of their batch, `event_id`, and its `leaf_index`; both None while they wait."""
    leaf = Leaf.objects.filter(event__event_id=OuterRef("batch__event"))
    return rows.select_related("batch").annotate(
        event_id=F("batch__event"), leaf_index=Subquery(leaf.values("leaf_index"))
    )


def names_in(project: Project, rows: Sequence[Access]) -> tuple[dict[str, str], dict[UUID, str]]:
    """The people and the cases of rows, by their pseudonyms and ids. Two queries."""
    cases = Case.objects.filter(project=project, pk__in={row.case_id for row in rows if row.case_id})
    people = names_of(project, {row.actor for row in rows})
    return people, dict(cases.values_list("pk", "external_ref"))


def meaning(code: str) -> str:
    """What DICOM calls an event id."""
    return MEANINGS.get(Code(code), code) if code in set(Code) else code
