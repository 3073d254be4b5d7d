"""Telling a project's managers of its work, each only of cases that they may know of."""

from collections.abc import Collection, Iterator
from uuid import UUID

from workflow.access import cases_open_to
from workflow.models import Membership, Project, Role


def managers_of(project: Project, cases: Collection[UUID]) -> Iterator[tuple[Membership, set[UUID]]]:
    """Each active manager, with those of the cases in which they play no part themselves."""
    managers = Membership.objects.filter(project=project, roles__contains=[Role.MANAGER], status="active")
    for manager in managers.order_by("created_at", "pk"):
        yield manager, set(cases_open_to([manager]).filter(pk__in=cases).values_list("pk", flat=True))
