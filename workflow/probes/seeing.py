"""What managers see of controls: each with how often it was shown, and how every reader stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from workflow.models import Case, GoldItem, Membership, ProbeScore, Project, Role
from workflow.queries import name_of

from .judging import standings
from .low import Standing


@dataclass(frozen=True, slots=True)
class Control:
    """A control, to how many it was shown, and how many of those answered as known."""

    item: GoldItem
    shown: int
    scored: int
    passed: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, how they stand by controls, and how their repeats agree with their own earlier reads."""

    member: Membership
    standing: Standing
    repeats: int
    repeats_agreed: int

    @property
    def name(self) -> str:
        """What people call them."""
        return name_of(self.member)


def controls_of(project: Project) -> list[Control]:
    """A project's controls, those in use first. One query."""
    scored = Q(showings__case__probe_score__isnull=False)
    passed = Q(showings__case__probe_score__passed=True)
    found = GoldItem.objects.filter(project=project).select_related("source_case", "content").annotate(
        shown=Count("showings"), scored=Count("showings", filter=scored), passed=Count("showings", filter=passed)
    )  # fmt: skip
    rows = found.order_by("retired_event", "use", "position", "created_at")
    return [Control(row, row.shown, row.scored, row.passed) for row in rows]


def readers_of(project: Project) -> list[Reader]:
    """How everybody who reads stands, by name. Four queries."""
    found = Membership.objects.filter(project=project, roles__contains=[Role.ANNOTATOR])
    members = list(found.exclude(status=Membership.Status.LEFT).select_related("user", "project"))
    stand, repeats = standings(members), _repeats_of(members)
    readers = (Reader(m, stand[m.pk], len(repeats[m.pk]), sum(repeats[m.pk])) for m in members)
    return sorted(readers, key=lambda reader: reader.name)


def _repeats_of(members: Sequence[Membership]) -> dict[UUID, list[bool]]:
    """Whether each repeat of each person agreed with their own earlier read."""
    found: dict[UUID, list[bool]] = {member.pk: [] for member in members}
    scores = ProbeScore.objects.filter(member__in=list(found), case__purpose=Case.Purpose.REPEAT)
    for member, passed in scores.values_list("member", "passed"):
        found[member].append(passed)
    return found
