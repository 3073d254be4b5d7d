"""Who should have what: shown first, then applied as it was shown, or refused."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tasks.errors import StalePreview
from tasks.planning.plan import Plan, balance, planned
from tasks.planning.question import digest
from workflow.acting import Acting
from workflow.many_cases import on_cases
from workflow.models import Role
from workflow.projects import lock

from .asking import DAYS, Asked, ask
from .handing_over import Change, hand_over
from .work import MOST


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan, with what it was made of."""

    plan: Plan
    asked: Asked

    @property
    def changes(self) -> list[Change]:
        """What applying it would change: tasks given, moved, or anybody's again."""
        given, work = self.plan.assignment, self.asked.work
        wanted = {task: UUID(given[task]) if task in given else None for task in work}
        return [
            Change(work[task], to)
            for task, to in sorted(wanted.items())
            if to != work[task].holder_id or (to and work[task].lapsed)
        ]


def preview(*, acting: Acting, days: float = DAYS, most: int = MOST) -> Preview:
    """What sharing out the project's open work would do; changes nothing.

    days: working days ahead that are filled, at most. most: the best-ranked tasks that are planned.
    """
    member = acting.using(Role.MANAGER).person()
    asked = ask(member.project, member.pk, days=days, most=most)
    return Preview(balance(asked.question), asked)


def as_it_is(*, acting: Acting, days: float = DAYS, most: int = MOST) -> Preview:
    """The plan that leaves everything with whoever has it: how much of everybody's time is filled now."""
    member = acting.using(Role.MANAGER).person()
    asked = ask(member.project, member.pk, days=days, most=most)
    mine = {task.id: task.reserved_for for task in asked.question.tasks if task.reserved_for in asked.members}
    return Preview(planned(asked.question, {task: who for task, who in mine.items() if who}), asked)


def apply(*, acting: Acting, digest: str, days: float = DAYS, most: int = MOST) -> Preview:
    """Do what a preview with the same days and number showed, all or nothing; returns it.

    StalePreview (409) if anything that it was made of has changed: people, their work, cases, or the setting of shares.
    """
    acting = acting.using(Role.MANAGER)
    member = acting.person()
    # Planned before anything is locked: it may take seconds, and people claim meanwhile.
    shown = preview(acting=acting, days=days, most=most)
    _same(shown.asked, digest)
    changes = shown.changes
    with transaction.atomic():
        lock(member.project)
        with on_cases(acting, member.project, [change.work.case_id for change in changes]) as many:
            _same(ask(member.project, member.pk, days=days, most=most), digest)
            hand_over(many, changes)
    return shown


def _same(asked: Asked, wanted: str) -> None:
    if digest(asked.question) != wanted:
        raise StalePreview()
