"""Calibration: known cases that a reader works through openly, in order, with feedback after each."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db import transaction

from audit.log import moment
from workflow.acting import machine
from workflow.models import Case, GoldItem, GuidelineVersion, Membership, Probe, ProbeScore, Role, Training
from workflow.on_member import keep_training, on_member
from workflow.settings.reading import share
from workflow.versions import published

NAME: Final = "calibration"  # as the setting `required_training` names it
MATERIAL: Final = "consilium/calibration/v1"


@dataclass(frozen=True, slots=True)
class Step:
    """One case of the set: its item, and the score once it was done in this attempt; `begun`: its probe is open."""

    item: GoldItem
    score: ProbeScore | None
    begun: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader is in the set: the steps in order, and their last result, if they ever finished it."""

    steps: tuple[Step, ...]
    last: Training | None

    @property
    def done(self) -> tuple[Step, ...]:
        """What was done in this attempt."""
        return tuple(step for step in self.steps if step.score is not None)

    @property
    def next(self) -> GoldItem | None:
        """What comes next; None while one is open, or where there is no set."""
        if any(step.begun and step.score is None for step in self.steps):
            return None
        return next((step.item for step in self.steps if step.score is None), None)

    @property
    def passed(self) -> bool:
        """Whether the last attempt that was finished was passed."""
        return self.last is not None and self.last.passed


def has_set(member: Membership) -> bool:
    """Whether there is a set for this person to work through."""
    items = GoldItem.objects.filter(project=member.project_id, use=NAME, retired_event=None)
    return member.has(Role.ANNOTATOR) and items.exists()


def progress_of(member: Membership) -> Progress:
    """A reader's calibration: the items in use, in order, and what they did since they last finished. Four queries."""
    last = _finished(member).order_by("-completed_at").first()
    since = last.completed_at if last else None
    items = GoldItem.objects.filter(project=member.project_id, use=NAME, retired_event=None)
    probes = Probe.objects.filter(member=member, case__purpose=Case.Purpose.CALIBRATION)
    if since is not None:
        probes = probes.filter(case__created_at__gt=since)
    shown = {probe.item_id: probe.case_id for probe in probes if probe.item_id is not None}
    rows = ProbeScore.objects.filter(case__in=shown.values()).select_related("content", "read__content")
    scores = {row.case_id: row for row in rows}
    rest = items.select_related("content", "source_case").order_by("position", "created_at", "id")
    return Progress(
        tuple(
            Step(item, scores.get(shown[item.pk]) if item.pk in shown else None, item.pk in shown)
            for item in rest
        ),
        last,
    )


def conclude(member: Membership) -> Training | None:
    """Record the result once the last case of the set was scored; None before, and where it was recorded already."""
    with transaction.atomic():
        member, journal, stream = on_member(machine(), member)
        found = progress_of(member)
        if not found.steps or len(found.done) < len(found.steps):
            return None
        agreed = sum(step.score is not None and step.score.passed for step in found.done)
        reached = Decimal(agreed) / len(found.done)
        passed = reached >= (share(member.project, "calibration_pass_mark") or Decimal(0))
        score = (100 * reached).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return keep_training(
            journal,
            stream,
            member,
            journal.keep(_material(member, found)),
            score=score,
            passed=passed,
            completed_at=moment(journal.now()),
        )


def _material(member: Membership, found: Progress) -> dict[str, Any]:
    guideline = published(GuidelineVersion, member.project)
    cases = [
        {"known": str(step.item.content_id), "score": str(step.score.content_id)}
        for step in found.done
        if step.score is not None
    ]
    return {"schema": MATERIAL, "name": NAME, "guideline": str(guideline.content_id), "cases": cases}


def _finished(member: Membership) -> Any:
    return Training.objects.filter(member=member, material__data__name=NAME, material__data__schema=MATERIAL)
