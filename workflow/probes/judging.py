"""A probe's read is scored, once; of a reader who stands low managers are told, and the protocol may pause them."""

import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.actions import Action
from audit.contents import store
from audit.log import Reason
from audit.models import Event
from workflow.acting import machine
from workflow.consensus.spacing import scale_of
from workflow.documents import guideline_of, protocol_of
from workflow.models import Case, Membership, Notice, Probe, ProbeDue, ProbeScore, Read
from workflow.notices import tell
from workflow.on_member import change_status, on_member
from workflow.queries import managers_of
from workflow.settings.reading import share
from workflow.unit import CaseUnit, on_case

from .calibration import conclude
from .low import Standing, standing_of
from .scoring import score

SCORE = "consilium/probe-score/v1"
ALERT, PAUSED = "gold_low", "paused_for_low_scores"
TO_THE_READER = (
    "You are paused in this project: your answers to cases whose answer is known differ from it more often than they "
    "may. Nothing of your work is lost. Its manager can go through them with you and let you go on."
)
log = logging.getLogger(__name__)


def score_due(now: datetime | None = None) -> int:
    """Score every probe whose time has come; how many. Doing it again changes nothing."""
    done = ProbeScore.objects.filter(case=OuterRef("read__case"))
    due = ProbeDue.objects.filter(~Exists(done), due_at__lte=now or timezone.now())
    ids = list(due.order_by("due_at").values_list("read__case", flat=True).distinct())
    return sum(_scored(case_id) for case_id in dict.fromkeys(ids))


def _scored(case_id: UUID) -> bool:
    try:
        return score_probe(case_id) is not None
    except Exception:
        # One that can't be scored must not keep the others waiting; the next sweep tries it again.
        log.exception("a probe could not be scored")
        return False


def score_probe(case_id: UUID) -> ProbeScore | None:
    """Score the read that stands; None if there is none, as when its author took it back."""
    with on_case(machine(), case_id) as unit:
        read = _standing_read(unit)
        if read is None or ProbeScore.objects.filter(case=unit.case).exists():
            return None
        probe = Probe.objects.select_related(
            "member__project", "member__user", "item__content", "earlier__content"
        )
        row = _write(unit, probe.get(case=unit.case), read)
    if row.case.purpose == Case.Purpose.CALIBRATION:
        conclude(row.member)
    if row.low and row.case.purpose == Case.Purpose.GOLD:
        _act_on_low(row)
    return row


def standing_now(member: Membership) -> Standing:
    """How a reader stands by the controls that were mixed in since they last began to work here. Two queries."""
    return standings([member])[member.pk]


def standings(members: Sequence[Membership]) -> dict[UUID, Standing]:
    """The same for several people of one project, by their ids. Two queries for all of them."""
    newest = _newest(members)
    return {member.pk: standing_of(newest[member.pk], asked_of(member)) for member in members}


def asked_of(member: Membership) -> Decimal:
    """The share of controls that must be answered as known."""
    return share(member.project, "gold_pass_mark") or Decimal(0)


def _standing_read(unit: CaseUnit) -> Read | None:
    slot = unit.situation().slots[0]
    return next((read for read in unit.reads if slot.is_in and read.pk == slot.read_id), None)


def _write(unit: CaseUnit, probe: Probe, read: Read) -> ProbeScore:
    source = probe.item.content.data["labels"] if probe.item else probe.earlier.content.data  # type: ignore[union-attr]
    schema = guideline_of(str(unit.at_work().guideline.content_id))["label_schema"]
    found = score(schema, unit.protocol, scale_of(unit.case.shown), read.content.data, source)
    row = ProbeScore(
        case=unit.case, member=probe.member, read=read, passed=found.passed, scored_at=unit.now()
    )
    standing = _after(row, probe)
    row.low = standing.low
    against = str(probe.item.content_id if probe.item else probe.earlier.content_id)  # type: ignore[union-attr]
    content = unit.journal.keep(
        {
            "schema": SCORE,
            "read": str(read.content_id),
            "against": against,
            **found.document(),
            **standing.document(),
        }
    )
    store([content])
    entry = unit.record(
        Action.PROBE_SCORED,
        object=("probe", unit.case.pk, 1),
        after=content,
        inputs=[("read", str(read.content_id)), ("known", against)],
        extra={"for": probe.member.actor_id, "passed": row.passed, "low": row.low},
    )
    row.content_id, row.event_id = content.digest, entry.event_id
    row.save(force_insert=True)
    return row


def _after(row: ProbeScore, probe: Probe) -> Standing:
    """How the reader stands with this score; calibration and repeats change nothing of it."""
    passed = _newest([probe.member])[probe.member_id]
    if row.case.purpose == Case.Purpose.GOLD:
        passed = [row.passed, *passed]
    return standing_of(passed, asked_of(probe.member))


def _newest(members: Sequence[Membership]) -> dict[UUID, list[bool]]:
    """What each answered as known, the newest first."""
    resumed = _resumed_at(members)
    found: dict[UUID, list[bool]] = {member.pk: [] for member in members}
    scores = ProbeScore.objects.filter(member__in=list(found), case__purpose=Case.Purpose.GOLD)
    rows = scores.order_by("-scored_at").values_list("member", "member__actor_id", "scored_at", "passed")
    for member, actor_id, scored_at, passed in rows:
        since = resumed.get(actor_id)
        if since is None or scored_at > since:
            found[member].append(passed)
    return found


def _resumed_at(members: Sequence[Membership]) -> dict[str, datetime]:
    resumed = Event.objects.filter(
        stream_id__in={member.project_id for member in members},
        action=Action.READER_RESUMED,
        object_id__in=[member.actor_id for member in members],
    )
    # In the order of the chain, so that the last one stays.
    return dict(resumed.order_by("stream_seq").values_list("object_id", "db_time"))


def _act_on_low(row: ProbeScore) -> None:
    member, standing = row.member, standing_now(row.member)
    round_ = row.case.rounds.select_related("protocol").get(number=row.case.round)
    pausing = protocol_of(str(round_.protocol.content_id)).gold.on_low == "pause"
    if pausing and member.status == Membership.Status.ACTIVE:
        _pause(member, standing)
    elif not _told_before(row):
        _alert(member, standing)


def _told_before(row: ProbeScore) -> bool:
    """Whether they stood low after the score before this one: managers were told then."""
    earlier = ProbeScore.objects.filter(
        member=row.member, scored_at__lt=row.scored_at, case__purpose=Case.Purpose.GOLD
    )
    return bool(earlier.order_by("-scored_at").values_list("low", flat=True).first())


def _pause(member: Membership, standing: Standing) -> None:
    with transaction.atomic():
        member, journal, stream = on_member(machine(), member)
        if member.status != Membership.Status.ACTIVE or not standing.low:
            return
        change_status(journal, stream, member, Membership.Status.PAUSED, Reason("low_scores"))
        journal.write()
        tell([member], kind=PAUSED, text=TO_THE_READER)
        _alert(member, standing, more=" They are paused.")


def _alert(member: Membership, standing: Standing, more: str = "") -> list[Notice]:
    managers = managers_of(member.project).exclude(pk=member.pk)
    link = f"/projects/{member.project.slug}/controls/"
    text = f"A reader's answers to controls are lower than asked for: {standing.sentence()}{more}"
    return tell(managers, kind=ALERT, text=text, link=link)
