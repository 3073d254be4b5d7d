"""Telling a project's managers of its work, each only of cases that they may know of."""

from collections.abc import Collection, Iterator
from uuid import UUID

from workflow.access import cases_open_to
from workflow.models import Membership, Project
from workflow.queries import managers_of


def managers_and_cases(project: Project, cases: Collection[UUID]) -> Iterator[tuple[Membership, set[UUID]]]:
    """Each active manager, with those of the cases in which they play no part themselves."""
    for manager in managers_of(project).order_by("created_at", "pk"):
        yield manager, set(cases_open_to([manager]).filter(pk__in=cases).values_list("pk", flat=True))
