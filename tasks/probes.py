"""Probes are prepared ahead of the claim, never in it, so that no answer takes longer for one."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, Q

from workflow.acting import machine
from workflow.documents import protocol_of
from workflow.draws import draw
from workflow.intake import accept, may_begin
from workflow.models import Case, Membership, Probe, ProbeDue, Project, ProtocolVersion, Role
from workflow.probes.choosing import gold_for, repeat_for
from workflow.probes.showing import make_probe
from workflow.probes.turns import Turn, next_turn
from workflow.settings.reading import share
from workflow.situation import Situation
from workflow.unit import CaseUnit, on_case

from .models import Task, Worker
from .opening import keepers_of, match_tasks

# Probes that wait for their turn, for each person: enough for all that is done between two sweeps.
AHEAD: Final = 3
# Within which a probe's read is scored, and can then not be recalled any more.
HIDDEN: Final = timedelta(hours=24)
log = logging.getLogger(__name__)


def prepare_all() -> int:
    """Prepare probes for everybody who reads where the protocol has some; how many were made."""
    return sum(
        prepare(member)
        for project in Project.objects.all()
        if may_begin(project)
        for member in _short(project)
    )


def prepare(member: Membership) -> int:
    """Prepare this person's next probes; how many were made."""
    made = 0
    while made < AHEAD and _prepare_one(member):
        made += 1
    return made


def _short(project: Project) -> list[Membership]:
    """The readers of a project who have fewer probes ahead than they should, if it has any."""
    gold, repeats = shares_of(project)
    if gold + repeats <= 0:
        return []
    ahead = Count("tasks", filter=Q(tasks__turn__isnull=False, tasks__status=Task.Status.RESERVED))
    readers = Membership.objects.select_related("project__log", "user").filter(
        project=project, status=Membership.Status.ACTIVE, roles__contains=[Role.ANNOTATOR]
    )
    return list(readers.annotate(ahead=ahead).filter(ahead__lt=AHEAD).order_by("pk"))


def shares_of(project: Project) -> tuple[Decimal, Decimal]:
    """The shares of controls and of repeats among a reader's work, now."""
    version = ProtocolVersion.objects.filter(project=project, status="published").first()
    gold = protocol_of(str(version.content_id)).gold.share if version else Decimal(0)
    return gold, share(project, "repeat_share") or Decimal(0)


def _prepare_one(member: Membership) -> bool:
    with transaction.atomic():
        _one_at_a_time(member)
        waiting = Task.objects.filter(holder=member, status=Task.Status.RESERVED, turn__isnull=False).count()
        turn = next_turn(member.project, member.pk, *shares_of(member.project), _after(member))
        if waiting >= AHEAD or turn is None:
            return False
        case = _chosen(member, turn)
        if case is None:
            return False
        with on_case(machine(), case.pk) as unit:
            accept(unit)
            (task,) = match_tasks(unit)
        Task.objects.filter(pk=task.pk).update(turn=turn.claims)
    return True


def _one_at_a_time(member: Membership) -> None:
    """Not the row that a claim locks: nobody's claim waits for this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(member.pk)])


def _after(member: Membership) -> int:
    """The claims that are drawn already: made by now, or up to the last probe that was prepared."""
    claims = Worker.objects.filter(member=member).values_list("claims", flat=True).first() or 0
    last = (
        Probe.objects.filter(member=member, turn__isnull=False)
        .order_by("-turn")
        .values_list("turn", flat=True)
    )
    return max(claims, last.first() or 0)


def _chosen(member: Membership, turn: Turn) -> Case | None:
    if turn.purpose == Case.Purpose.GOLD:
        item = gold_for(member, turn.claims)
        return (
            None if item is None else make_probe(member, item.source_case, turn.purpose, item=item, turn=turn)
        )
    read = repeat_for(member, turn.claims)
    return None if read is None else make_probe(member, read.case, turn.purpose, earlier=read, turn=turn)


def score_later(unit: CaseUnit, situation: Situation) -> None:
    """Note when a probe's read is scored: at a drawn time, so that it can be recalled as long as any other may be.

    Takes as many statements as opening the review of an ordinary read, which asks for the round's parts, too.
    """
    (slot,) = situation.slots or (None,)
    if slot is None or slot.read_id is None or not slot.is_in:
        return
    if unit.acting.person().pk not in keepers_of(unit).active.values():
        return
    if unit.case.purpose == Case.Purpose.CALIBRATION:
        ProbeDue.objects.bulk_create(
            [ProbeDue(read_id=slot.read_id, due_at=unit.now())], ignore_conflicts=True
        )
        return
    drawn = draw(unit.project, "probe_scored", Decimal(0), unit.case.pk, slot.revisions)
    due = unit.now() + HIDDEN * (drawn.value_ppm / 1_000_000)
    ProbeDue.objects.bulk_create([ProbeDue(read_id=slot.read_id, due_at=due)], ignore_conflicts=True)
