"""The planner's question, asked of the database: a fixed number of queries, whatever it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from tasks.limits import cases_in
from tasks.planning.question import Question
from workflow.errors import InvalidInput
from workflow.measuring.pace import paces_of
from workflow.models import Membership, Project
from workflow.reasons import fault
from workflow.settings.reading import names, share

from .following import chain_of
from .people import as_people, usual_minutes, workers
from .work import MOST, Work, as_open_tasks, open_work, parts_in

LONGEST_DAYS = 366.0
DAYS = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the rows that it was made of, by the ids that it uses."""

    question: Question
    work: dict[str, Work]
    members: dict[str, Membership]


def ask(
    project: Project,
    me: UUID | None,
    *,
    days: float = DAYS,
    most: int = MOST,
    only: Sequence[UUID] | None = None,
    to: Membership | None = None,
) -> Asked:
    """Who could do what within so many working days. `most`: the best-ranked tasks that are planned; `only`: these.

    `me`: who plans; cases in which they play a part are left out. `to`: this person alone.
    InvalidInput for days or a number of tasks out of bounds.
    """
    _check(days, most)
    work = open_work(project, me, only, most)
    parts, paces = parts_in(work), paces_of(project)
    members = workers(project)
    people = as_people(project, members, paces, work, parts)
    question = Question(
        people=tuple(one for one in people if to is None or one.id == str(to.pk)),
        tasks=as_open_tasks(work, parts, names(project, "required_training")),
        usual=usual_minutes(paces),
        days=days,
        chain=chain_of(project)[1],
        cases=0 if share(project, "most_share") is None else cases_in(project),
    )
    by_id = {str(member.pk): member for member in members}
    return Asked(question, {str(one.id): one for one in work}, by_id)


def _check(days: float, most: int) -> None:
    faults = []
    if not (isfinite(days) and 0 < days <= LONGEST_DAYS):
        message = f"Plan for more than 0 and at most {LONGEST_DAYS:.0f} working days."
        faults.append(fault("/days", "bad_number", message))
    if not 1 <= most <= MOST:
        faults.append(fault("/most", "bad_number", f"A plan has 1 to {MOST} tasks."))
    if faults:
        raise InvalidInput(faults)
