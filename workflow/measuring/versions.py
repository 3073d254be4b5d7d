"""Under which versions a project is measured, and what says that a measurement is out of date."""

from typing import Any, TypeVar

from workflow.counted import read_in_turn
from workflow.errors import NotFound
from workflow.models import (
    Arbitration,
    Case,
    CaseRound,
    ConsensusReport,
    GuidelineVersion,
    Project,
    Read,
    Recall,
    ReferenceLabel,
    Review,
    Version,
)
from workflow.states import State

NOTHING_PUBLISHED = "A project is measured under a published guideline and protocol; publish both first."
V = TypeVar("V", bound=Version)


def guideline_for(project: Project, number: int | None) -> GuidelineVersion:
    """The guideline version with this number, or the last one that was published; NotFound if there is none."""
    if number is None:
        return in_force(GuidelineVersion, project)
    named = GuidelineVersion.objects.filter(project=project, number=number, content__isnull=False)
    found = named.first()
    if found is None:
        raise NotFound("There is no such published guideline version.")
    return found


def in_force(versions: type[V], project: Project) -> V:
    """The version in force, or the last one that was; NotFound if none ever was."""
    published = versions._default_manager.filter(project=project, content__isnull=False)
    found = published.order_by("-number").first()
    if found is None:
        raise NotFound(NOTHING_PUBLISHED)
    return found


def state_of(project: Project) -> list[Any]:
    """What changes whenever a measurement would come out otherwise: rows that are only ever added, and which cases
    are excluded. Eight queries."""
    of_case = (Read, CaseRound, ConsensusReport, Arbitration, ReferenceLabel)
    of = read_in_turn("case__")
    added = [rows._default_manager.filter(of, case__project=project).count() for rows in of_case]
    corrections = Review.objects.filter(of, case__project=project, correction__isnull=False).count()
    recalls = Recall.objects.filter(read_in_turn("read__case__"), read__case__project=project).count()
    # Which, not how many: one may be excluded while another is reinstated.
    excluded = Case.objects.filter(project=project, state=State.EXCLUDED).order_by("pk")
    return [*added, corrections, recalls, [str(pk) for pk in excluded.values_list("pk", flat=True)]]
