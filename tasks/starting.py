"""Start next, in all of a person's projects: what is in their hands comes first, then the best of the pools."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflow.acting import Acting

from .leases import Taken, take_up
from .models import Task
from .why import Why


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why there is nothing, project by project."""

    reasons: tuple[tuple[Acting, Why], ...] = ()


def start_next(actings: Sequence[Acting], kinds: Iterable[str] | None = None) -> Taken | Nothing:
    """The next task of a person who acts in several projects, leased to them; or why there is none in each."""
    wanted = None if kinds is None else list(kinds)
    reasons = []
    for acting in _those_at_work_first(actings):
        found = take_up(acting=acting, kinds=wanted)
        if isinstance(found, Taken):
            return found
        reasons.append((acting, found))
    return Nothing(tuple(reasons))


def _those_at_work_first(actings: Sequence[Acting]) -> list[Acting]:
    """Memberships with a task in hand come first: it is resumed before anything new is begun."""
    if len(actings) < 2:
        return list(actings)
    members = [acting.person().pk for acting in actings]
    held = set(
        Task.objects.filter(holder__in=members, status=Task.Status.LEASED).values_list("holder", flat=True)
    )
    return sorted(actings, key=lambda acting: acting.person().pk not in held)
