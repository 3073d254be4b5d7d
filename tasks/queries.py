"""What is read of tasks and never written: the open work of a case and of a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from workflow.models import Case

from .models import Task
from .opening import LIVE

OVERDUE = Q(due_at__lt=Now())
DUE_SOON = Q(due_at__gte=Now(), due_at__lt=Now() + timedelta(days=1))


def open_work(case: Case) -> QuerySet[Task]:
    """The case's tasks that are open, reserved or in somebody's hands, with their holders."""
    return (
        Task.objects.filter(case=case, status__in=LIVE)
        .select_related("holder__user")
        .order_by("kind", "slot")
    )


def live_tasks(cases: QuerySet[Case]) -> QuerySet[Task]:
    """The live tasks of some cases."""
    return Task.objects.filter(case__in=cases, status__in=LIVE)


@dataclass(frozen=True, slots=True)
class Workload:
    """The live tasks of one kind, by what is the matter with them."""

    kind: str
    open: int
    reserved: int
    leased: int
    returned: int
    overdue: int
    due_soon: int

    @property
    def all(self) -> int:
        """How many are live."""
        return self.open + self.reserved + self.leased


def workload(cases: QuerySet[Case]) -> list[Workload]:
    """The live tasks of some cases, counted kind by kind; a kind without any is there with zeros. One query."""
    counted = (
        live_tasks(cases)
        .values_list("kind")
        .annotate(
            open=Count("pk", filter=Q(status=Task.Status.OPEN)),
            reserved=Count("pk", filter=Q(status=Task.Status.RESERVED)),
            leased=Count("pk", filter=Q(status=Task.Status.LEASED)),
            returned=Count("pk", filter=Q(returned=True)),
            overdue=Count("pk", filter=OVERDUE),
            due_soon=Count("pk", filter=DUE_SOON),
        )
        .order_by()
    )
    found = {row[0]: row[1:] for row in counted}
    return [Workload(kind, *found.get(kind, (0, 0, 0, 0, 0, 0))) for kind in Task.Kind.values]


def in_hand(members: Sequence[UUID], cases: QuerySet[Case]) -> dict[UUID, int]:
    """How many live tasks of some cases each of some members holds or has reserved; none is left out. One query."""
    held = live_tasks(cases).filter(holder__in=members).values_list("holder_id")
    return {member: count for member, count in held.annotate(n=Count("pk")).order_by() if member}
