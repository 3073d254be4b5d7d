"""Before a view shows pixels or patient-level data, one line in it says so to the access log (docs/access-log.md).

What can't be recorded isn't shown: `audit.access.NotRecorded` becomes a refusal.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from audit.access import Code, Seen, record

from .access import is_contact
from .acting import Acting
from .models import Instance, Membership, Series
from .permissions import Kind, Verb, Yes, may


def saw(
    acting: Acting,
    what: str,
    *,
    code: Code = Code.PATIENT_RECORD,
    case_id: UUID | None = None,
    task_id: UUID | None = None,
    durably: bool = True,
    **where: Any,
) -> None:
    """Record that the person is about to see `what` of a case; `where`: study, series, instance and frames."""
    record(seen_by(acting, what, code=code, case_id=case_id, task_id=task_id, **where), durably=durably)


def seen_by(
    acting: Acting, what: str, *, code: Code, case_id: UUID | None, task_id: UUID | None, **where: Any
) -> Seen:
    """What the access log says of it: who sees what of a case, from which request."""
    member = acting.person()
    who = (member.project.log_id, member.actor_id, acting.role)
    return Seen(*who, code, what, case_id, task_id, request=acting.request.id, **where)


def saw_case(acting: Acting, case_id: UUID) -> None:
    """Record that the person is about to see what is known of a case."""
    saw(acting, "record", case_id=case_id)


def saw_list(acting: Acting) -> None:
    """Record that the person is about to see a list of cases, or of what is known of several."""
    saw(acting, "query", code=Code.QUERY)


def saw_lists(
    members: Iterable[Membership], kind: Kind, acting_as: Callable[[Membership, str], Acting]
) -> None:
    """The same in every project where the person may see such things: a row in each project's log."""
    for member in members:
        called = kind is Kind.SAFETY_REPORT and is_contact(member)
        if isinstance(answer := may(member, Verb.SEE, kind, is_contact=called), Yes):
            saw_list(acting_as(member, answer.role))


def saw_image(acting: Acting, instance: Instance, what: str, frames: Sequence[int] = ()) -> None:
    """Record that the person is about to see a picture of an image; the page that it stands on is recorded durably.

    `case_id` is left out where several cases show the image's series.
    """
    found = Series.objects.filter(pk=instance.series_id).values_list("uid", "study__uid", "cases__case")
    [(series, study, case_id), *more] = found[:2]
    saw(
        acting,
        what,
        code=Code.INSTANCES_ACCESSED,
        case_id=None if more else case_id,
        durably=False,
        study=study,
        series=series,
        instance=instance.pk,
        frames=frames,
    )
