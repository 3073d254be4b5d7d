"""The doors to images: who comes through, which series they open, and under which names these are shown.

Whatever is looked up for a request is looked up through its doors, and in no other way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import Token
from api.access import (
    acting_by_membership,
    acting_in_project,
    acting_on_task,
    members_who_may,
    person,
    scope_of,
)
from imaging.web.guise import PLAIN, Guise
from tasks.ahead import kept_for
from tasks.errors import LeaseLost, TaskFinished
from tasks.models import Task
from tasks.naming import uids_ahead, uids_for
from tasks.numbers import with_case_number
from workflow.acting import Acting
from workflow.errors import CaseHeld, LinkOver, NotFound
from workflow.images.serving import image_of_case, image_open_to, instances_of, series_of_case, series_open_to
from workflow.images.shown import ShownUids
from workflow.models import Instance, Series
from workflow.permissions import Kind, Verb
from workflow.prepared import Prepared

_UID: Final = re.compile(r"[0-9.]{1,64}")
NO_TASK: Final = "You have no such task."


@dataclass(frozen=True)
class Door:
    """Who comes through, the series behind it, and how these are named.

    Of a task in a reader's hands: the task, its case, the case whose images it shows (`images_of`), the reader's
    own `uids` and number of the case. Of a project's images none of these, and stored names. `ahead`: the task isn't
    theirs yet, so that only frames go out (decision 0025).
    """

    acting: Acting
    images_of: UUID | None = None
    task_id: UUID | None = None
    case_id: UUID | None = None
    uids: ShownUids | None = None
    case_number: str | None = None
    ahead: bool = False

    @property
    def series(self) -> QuerySet[Series]:
        """The series behind it."""
        if self.images_of is not None:
            return series_of_case(self.images_of)
        return series_open_to(self.acting.person(), self.acting.role)

    @property
    def guise(self) -> Guise:
        """How identities are shown behind it."""
        return Guise(self.uids.shown, self.case_number) if self.uids else PLAIN

    def shown(self, stored: str) -> str:
        """The UID that is shown for a stored one."""
        return self.uids.shown(stored) if self.uids else stored

    def stored(self, shown: str) -> str | None:
        """The stored UID behind one that is shown; None for what can't be one."""
        if self.uids:
            return self.uids.stored(shown)
        return shown if _UID.fullmatch(shown) else None

    def uids_of(self, instance: Instance) -> tuple[str, str, str]:
        """The UIDs of an image's study, series and itself as they are shown."""
        series = instance.series
        return self.shown(series.study.uid), self.shown(series.uid), self.shown(instance.uid)

    def etag(self, *about: str) -> str:
        """A mark of an answer, made of what it is and of what; two readers' differ."""
        text = "\n".join(about)
        return self.uids.etag(text) if self.uids else sha256(text.encode()).hexdigest()[:32]

    def instances(self, study: str = "", series: str = "", instance: str = "") -> QuerySet[Instance]:
        """The images behind it, of a study, a series, or one, each by the UID that is shown."""
        asked = {"series__study__uid": study, "series__uid": series, "uid": instance}
        return instances_of(self.series, **{key: self.stored(uid) for key, uid in asked.items() if uid})

    def image(self, study: str, series: str, instance: str) -> Instance | None:
        """One image behind it, by the UIDs that are shown; None if there is none. One query."""
        uids = [stored for uid in (study, series, instance) if (stored := self.stored(uid)) is not None]
        if len(uids) < 3:
            return None
        if self.images_of is not None:
            return image_of_case(self.images_of, *uids)
        return image_open_to(self.acting.person(), self.acting.role, *uids)


def doors(request: Request, where: Mapping[str, Any], *, ahead: bool = False) -> list[Door]:
    """The doors of an address: of a task (by its id or a link's token), of a project, or all that are the person's.

    `ahead`: the task may also be one that is kept ahead for the person, if they come with their browser's session.
    """
    task = where["task_id"] if "task_id" in where else scope_of(request).task if "token" in where else None
    if task is not None:
        return [of_task(request, task, ahead=ahead)]
    if "slug" in where:
        return [of_project(acting_in_project(request, where["slug"], Verb.SEE, Kind.IMAGES))]
    staff = members_who_may(request, Verb.SEE, Kind.IMAGES)
    found = [of_project(acting_by_membership(request, m.pk, Verb.SEE, Kind.IMAGES)) for m in staff]
    readers = {m.pk for m in members_who_may(request, Verb.SEE, Kind.TASK)}
    tasks = _HELD.rows(person(request)) if readers else []
    return found + [_held_by(request, task) for task in tasks if task.holder_id in readers and _is_live(task)]


def of_project(acting: Acting) -> Door:
    """All that somebody of the staff may see of a project's images, as they are stored."""
    return Door(acting)


def of_task(request: Request, task_id: UUID, *, ahead: bool = False) -> Door:
    """The images of a task in the person's hands, under their own names; `ahead`: or of one that is kept ahead.

    NotFound for anybody else's; LeaseLost once its time is over, TaskFinished once it is done, CaseHeld on hold;
    LinkOver for a token that was made under another lease.
    """
    task = _OWN.first(task_id, person(request))
    waits = task is None or task.status == Task.Status.RESERVED
    if ahead and waits and (early := _kept_ahead(request, task_id)) is not None:
        return early
    if task is None or task.holder_id is None:
        acting_on_task(request, task_id, Verb.SEE)
        raise NotFound(NO_TASK)
    door = _held_by(request, task)
    scope = scope_of(request)
    if scope.task is not None and (scope.lease != task.token or _lapsed(task)):
        raise LinkOver()
    _refuse_what_is_over(task)
    return door


def _kept_ahead(request: Request, task_id: UUID) -> Door | None:
    member = None if isinstance(request.auth, Token) else kept_for(task_id, person(request))
    if member is None:
        return None
    task = Task.objects.select_related("case").get(pk=task_id)
    acting = acting_by_membership(request, member, Verb.SEE, Kind.TASK, task_id)
    return Door(
        acting, task.case.shows, task_id, task.case_id, uids_ahead(task, member), "REMOVED", ahead=True
    )


def _refuse_what_is_over(task: Task) -> None:
    if task.status == Task.Status.DONE:
        raise TaskFinished()
    if task.status != Task.Status.LEASED or task.lease_until is None:
        raise NotFound(NO_TASK)
    if task.lease_until <= timezone.now():
        raise LeaseLost()
    if task.case.held:
        raise CaseHeld()


def _is_live(task: Task) -> bool:
    return not _lapsed(task) and not task.case.held


def _lapsed(task: Task) -> bool:
    return task.lease_until is None or task.lease_until <= timezone.now()


def _held_by(request: Request, task: Any) -> Door:
    assert task.holder_id is not None
    acting = acting_by_membership(request, task.holder_id, Verb.SEE, Kind.TASK, task.pk)
    number = task.case_number or "REMOVED"
    return Door(acting, task.case.shows, task.pk, task.case_id, uids_for(task), number)


def _own(task_id: UUID, user: UUID) -> QuerySet[Task]:
    return with_case_number(Task.objects.filter(pk=task_id, holder__user=user)).select_related("case")


def _held(user: UUID) -> QuerySet[Task]:
    held = Task.objects.filter(holder__user=user, status="leased").select_related("case")
    return with_case_number(held).order_by("started_at", "id")


_OWN: Final = Prepared(_own, UUID, UUID)
_HELD: Final = Prepared(_held, UUID)
