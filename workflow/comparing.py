"""Consensus: compare the standing reads of a case, keep the report, and move the case on."""

from typing import Any

from audit.actions import Action
from audit.contents import Blob
from audit.log import Entry

from .consensus.cases import decide_case
from .consensus.engines import Terms
from .consensus.outcomes import CaseDecision, ReadInput
from .consensus.report import report
from .consensus.spacing import scale_of
from .documents import guideline_of
from .draws import Draw, draw
from .errors import IllegalMove
from .labels.faults import LabelsInvalid
from .labels.validation import validate
from .models import ConsensusReport, Read, Review
from .releasing import release_label
from .reviewing import changed_clinical_values
from .sampling import Stratum, share_of, stratum_of
from .situation import Situation
from .unit import CaseUnit


def compare(unit: CaseUnit) -> ConsensusReport:
    """Compare the reads that stand; the report is kept whatever it says, and the case goes where it belongs."""
    situation = unit.situation()
    if not situation.consensus_is_due:
        raise IllegalMove("There is nothing to compare in this case now.")
    reads = [r for r in unit.reads if r.pk in {slot.read_id for slot in situation.slots}]
    decision = decide_case(
        schema=guideline_of(str(unit.at_work().guideline.content_id))["label_schema"],
        protocol=unit.protocol,
        reads=[ReadInput(str(r.pk), effective(r)[0], effective(r)[1], r.slot) for r in reads],
        terms=Terms(scale=scale_of(unit.case.shown)),
    )
    voided = is_void(reads)
    row = _row(unit, situation, reads, decision, voided)
    stratum = stratum_of(unit.protocol, unit.case.strata, decision.reference or {})
    drawn = _sampled(unit, stratum) if row.outcome == "accept" else None
    row.sampled = drawn.drawn if drawn else False
    content = unit.journal.keep(
        {**report(decision, protocol_digest=str(unit.at_work().protocol.content_id)), "voided": voided}
    )
    told = {**drawn.recorded(), "stratum": stratum} if drawn else None
    entry = _record(unit, row, content, reads, told)
    row.content_id, row.event_id = content.digest, entry.event_id
    row.save(force_insert=True)
    unit.reports.append(row)
    _go_on(unit, situation, row, decision, entry, voided)
    return row


def effective(read: Read) -> tuple[dict[str, Any], str]:
    """What consensus uses of a read: its reviewer's correction if there is one, else the read itself."""
    review: Review | None = getattr(read, "review", None)
    content = review.correction if review and review.correction else read.content
    return content.data, content.digest


def effective_digest(read: Read) -> str:
    """The digest of what `effective` tells, without reading the labels."""
    review: Review | None = getattr(read, "review", None)
    return str((review and review.correction_id) or read.content_id)


def is_void(reads: list[Read]) -> bool:
    """Whether one reviewer changed clinical values in two reads: such an agreement would be the reviewer's own."""
    changed = [
        r.review.reviewer_id
        for r in reads
        if getattr(r, "review", None) and changed_clinical_values(r.review)
    ]
    return len(changed) > len(set(changed))


def holds_together(unit: CaseUnit, decision: CaseDecision) -> bool:
    """Whether the fields, each settled by itself, make an answer that the label schema allows as a whole."""
    try:
        validate(unit.settled_schema, decision.reference)
    except LabelsInvalid:
        return False
    return True


def _row(
    unit: CaseUnit, situation: Situation, reads: list[Read], decision: CaseDecision, voided: bool
) -> ConsensusReport:
    outcome = str(decision.outcome)
    if voided or (outcome == "accept" and not holds_together(unit, decision)):
        outcome = "escalate"
    if outcome == "request_read" and unit.case.reads_wanted >= situation.reads_max:
        outcome = "escalate"
    last = situation.last_report
    return ConsensusReport(
        case=unit.case,
        round=unit.case.round,
        sequence=situation.reports + 1,
        second_look=(last.second_look if last else 0) + situation.looked_again,
        outcome=outcome,
        read_ids=sorted(r.pk for r in reads),
    )


def _sampled(unit: CaseUnit, stratum: Stratum) -> Draw:
    share = share_of(unit.protocol.arbitration, stratum)
    return draw(unit.project, "sample_of_agreed", share, unit.case.pk, unit.case.round)


def _record(
    unit: CaseUnit, row: ConsensusReport, content: Blob, reads: list[Read], drawn: dict[str, Any] | None
) -> Entry:
    return unit.record(
        Action.CONSENSUS_COMPUTED,
        object=("report", row.pk, row.sequence),
        after=content,
        inputs=[("read", effective_digest(r)) for r in reads],
        extra={
            "outcome": row.outcome,
            "second_look": row.second_look,
            "reads": [{"slot": r.slot, "revision": r.revision, "digest": r.content_id} for r in reads],
            "draw": drawn,
        },
    )


def _go_on(
    unit: CaseUnit,
    situation: Situation,
    row: ConsensusReport,
    decision: CaseDecision,
    entry: Entry,
    voided: bool,
) -> None:
    if row.outcome == "request_read":
        unit.case.reads_wanted += 1
        unit.move("ask_another", caused_by=entry, extra={"reads_wanted": unit.case.reads_wanted})
    elif row.outcome == "accept" and not row.sampled:
        release_label(
            unit, labels=decision.reference, settled_by="consensus", decided_by=row, caused_by=entry
        )
    elif row.outcome == "accept" or voided or row.second_look >= situation.protocol.second_look_rounds:
        unit.move("dispute", caused_by=entry)
    # else: the readers take their second look, and the case waits in consensus
