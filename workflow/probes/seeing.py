"""What managers see of controls: each with how often it was shown, and how every reader stands."""

from dataclasses import dataclass

from django.db.models import Count, Q

from workflow.models import Case, GoldItem, Membership, ProbeScore, Project, Role
from workflow.queries import name_of

from .judging import standing_now
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
    """How everybody who reads stands, by name."""
    readers = Membership.objects.filter(project=project, roles__contains=[Role.ANNOTATOR])
    readers = readers.exclude(status=Membership.Status.LEFT).select_related("user", "project")
    return sorted((reader_of(member) for member in readers), key=lambda reader: reader.name)


def reader_of(member: Membership) -> Reader:
    """How one reader stands."""
    repeats = ProbeScore.objects.filter(member=member, case__purpose=Case.Purpose.REPEAT)
    agreed = list(repeats.values_list("passed", flat=True))
    return Reader(member, standing_now(member), len(agreed), sum(agreed))
