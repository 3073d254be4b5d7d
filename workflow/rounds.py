"""Rounds begin: at intake, or when a final case is reopened."""

from audit.log import Reason

from .documents import fits, protocol_of
from .errors import ProtocolUnfit
from .models import CaseRound, GuidelineVersion, ProtocolVersion
from .unit import CaseUnit


def begin_round(
    unit: CaseUnit,
    move: str,
    readers: str,
    guideline: GuidelineVersion,
    protocol: ProtocolVersion,
    reason: Reason | None = None,
) -> CaseRound:
    """Make the move that begins a round, pinned to one guideline and one protocol version.

    ProtocolUnfit when the two don't fit each other: such a round could never be settled.
    """
    if not fits(str(guideline.content_id), str(protocol.content_id)):
        raise ProtocolUnfit()
    reads = protocol_of(str(protocol.content_id)).reads
    case = unit.case
    case.round += 1
    case.reads_wanted = reads.count
    round_ = CaseRound(
        case=case,
        number=case.round,
        readers=readers,
        guideline=guideline,
        protocol=protocol,
        reads_planned=reads.count,
        reads_max=reads.max,
    )
    # The event of this move is the first under the new round's versions.
    unit.__dict__["round"], unit.__dict__["reads"] = round_, []
    entry = unit.move(
        move,
        reason=reason,
        extra={"round": case.round, "readers": readers, "reads_planned": reads.count, "reads_max": reads.max},
    )
    round_.event_id = entry.event_id
    round_.save(force_insert=True)
    return round_
