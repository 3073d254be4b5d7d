"""People as the planner sees them: what they may do, how much time they have, how quick they are, what they hold."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Count

from tasks.limits import cases_in
from tasks.models import Task
from tasks.planning.question import Person
from tasks.queues import KINDS_OF_ROLE, kinds_for
from workflow.measuring.pace import Paces
from workflow.models import Membership, Part, Project
from workflow.settings.reading import share

from .qualified import tags_of
from .work import Played, Work

# Minutes of a usual task, until a project has done some.
BEFORE_ANY: Final[Mapping[str, float]] = {"annotate": 5.0, "reconcile": 3.0, "review": 3.0, "arbitrate": 10.0}
_PLAYING = (Part.Outcome.RESERVED, Part.Outcome.ACTIVE)


def workers(project: Project) -> list[Membership]:
    """Everybody who takes up work in a project and is there now."""
    active = Membership.objects.filter(
        project=project,
        status=Membership.Status.ACTIVE,
        user__is_active=True,
        roles__overlap=list(KINDS_OF_ROLE),
    )
    return list(active.select_related("user", "project").order_by("created_at", "id"))


def usual_minutes(paces: Paces) -> dict[str, float]:
    """Minutes of a usual task of each kind: as measured, else as assumed."""
    return {kind: paces.usual.get(kind, assumed) for kind, assumed in BEFORE_ANY.items()}


def as_people(
    project: Project,
    members: Sequence[Membership],
    paces: Paces,
    work: Sequence[Work] = (),
    parts: Mapping[UUID, list[Played]] | None = None,
) -> tuple[Person, ...]:
    """The planner's people, beside the work that is to be shared out. At most five queries."""
    usual, tags = usual_minutes(paces), tags_of(members)
    most, hands = share_of(project), _in_hand(project, work)
    taken = _taken(members, work, parts or {}) if most is not None else Counter()
    return tuple(
        Person(
            id=str(member.pk),
            kinds=frozenset(kinds_for(member)),
            minutes_per_day=member.capacity_per_day * _task_minutes(member, usual),
            pace=(pace := dict(paces.own.get(member.actor_id, {}))),
            in_hand=sum(hands[member.pk].values()),
            in_hand_minutes=sum(n * pace.get(kind, usual[kind]) for kind, n in hands[member.pk].items()),
            tags=tags[member.pk],
            conflicts=frozenset(member.conflicts),
            share=most,
            taken=taken[member.pk],
        )
        for member in members
    )


def share_of(project: Project) -> float | None:
    """The largest share of the dataset's cases that one person may take part in; None without a cap.

    At least one case, as the claim has it.
    """
    most = share(project, "most_share")
    return None if most is None else max(float(most), 1 / max(cases_in(project), 1))


def _task_minutes(member: Membership, usual: Mapping[str, float]) -> float:
    """Minutes of a usual task of what the member does; a second look is rare beside reads and counts nothing here."""
    first = [usual[kinds[0]] for role, kinds in KINDS_OF_ROLE.items() if member.has(role)]
    return sum(first) / len(first) if first else 0.0


def _in_hand(project: Project, work: Sequence[Work]) -> dict[UUID, Counter[str]]:
    """The tasks that stay with whoever has them, by kind: everything that they hold but this work."""
    held = Task.objects.filter(case__project=project, status__in=["reserved", "leased"], holder__isnull=False)
    held = held.exclude(status="reserved", turn__isnull=False)
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    for holder, kind, count in held.values_list("holder", "kind").annotate(n=Count("pk")).order_by():
        found[holder][kind] = count
    for one in work:
        if one.holder_id:
            found[one.holder_id][one.kind] -= 1
    return found


def _taken(
    members: Sequence[Membership], work: Sequence[Work], parts: Mapping[UUID, list[Played]]
) -> Counter[UUID]:
    """How many cases each member plays a part in, but for reservations of this work."""
    playing = Part.objects.filter(member__in=[m.pk for m in members], outcome__in=_PLAYING)
    counted = playing.values_list("member").annotate(n=Count("case", distinct=True)).order_by()
    taken: Counter[UUID] = Counter(dict(counted))
    for case_id, round_, member in {(one.case_id, one.round, one.holder_id) for one in work if one.holder_id}:
        others = (p for p in parts.get(case_id, ()) if p.member_id == member and p.round != round_)
        if member is not None and not any(part.outcome in _PLAYING for part in others):
            taken[member] -= 1
    return taken
