"""Working through a calibration set: the next case is begun openly, and leased at once."""

from django.db import transaction

from workflow.acting import Acting, machine
from workflow.errors import AlreadyDone, NotFound
from workflow.intake import accept
from workflow.models import Case, Membership, Role
from workflow.probes.calibration import conclude, progress_of
from workflow.probes.showing import make_probe
from workflow.unit import on_case

from .leases import take_reserved
from .models import Task
from .opening import match_tasks


def begin_next(*, acting: Acting) -> Task:
    """The next case of the set, leased to this reader; the one that is open, if there is one.

    It does not go by the queue: whoever must pass calibration first gets no work from it yet.
    """
    acting = acting.using(Role.ANNOTATOR)
    member = acting.person()
    with transaction.atomic():
        Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
        task = _open(member)
        if task is None:
            task = _new(member)
        return take_reserved(acting=acting, task=task)


def _open(member: Membership) -> Task | None:
    held = Task.objects.filter(holder=member, status__in=[Task.Status.RESERVED, Task.Status.LEASED])
    return held.filter(case__purpose=Case.Purpose.CALIBRATION).first()


def _new(member: Membership) -> Task:
    found = progress_of(member)
    if not found.steps:
        raise NotFound("This project has no calibration set.")
    if found.next is None:
        if conclude(member) is None:
            raise AlreadyDone("Your last answer is being compared. Look again in a moment.")
        return _new(member)
    case = make_probe(member, found.next.source_case, Case.Purpose.CALIBRATION, item=found.next)
    with on_case(machine(), case.pk) as unit:
        accept(unit)
        (task,) = match_tasks(unit)
    return task
