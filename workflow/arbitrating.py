"""Senior arbitration: pick, merge or redraw per field and finding, send back, or decide that it can't be decided."""

from typing import Any

from audit.actions import Action
from audit.canonical import parse
from audit.contents import Blob
from audit.log import Entry, Reason

from .comparing import effective
from .decision_form import check_decision
from .draws import shuffled
from .errors import AlreadyDone, CaseHeld, IllegalMove, InvalidInput
from .labels.answers import Answers
from .models import Arbitration, CaseRound, ConsensusReport, Read, ReferenceLabel
from .reading import checked_labels
from .reasons import fault
from .releasing import release_label
from .unit import CaseUnit

ARBITRATION = "consilium/arbitration/v1"
LETTERS = "ABCDEFGHIJ"


def readers_as_letters(unit: CaseUnit) -> dict[str, Read]:
    """The standing reads under letters, in an order that is random but the same whenever this case is opened."""
    standing = {slot.read_id for slot in unit.situation().slots}
    reads = sorted((r for r in unit.reads if r.pk in standing), key=lambda r: r.slot)
    mixed = shuffled([*earlier_reads(unit), *reads], unit.project, "letters", unit.case.pk, unit.case.round)
    return dict(zip(LETTERS, mixed, strict=False))


def earlier_reads(unit: CaseUnit) -> list[Read]:
    """What a case that was reopened straight to the arbiter stood on: the last round's reads that anybody made."""
    if unit.at_work().readers != CaseRound.Readers.NONE:
        return []
    before = Read.objects.filter(case=unit.case, round__lt=unit.case.round, slot__gte=1)
    newest = before.order_by("-round").values("round")[:1]
    rows = before.filter(round=newest).select_related("content", "review").order_by("slot", "revision")
    return list({read.slot: read for read in rows}.values())


def last_report(unit: CaseUnit) -> ConsensusReport | None:
    """The round's last consensus report; none when the case came up by escalation or reopening."""
    return unit.reports[-1] if unit.reports else None


def undisputed(unit: CaseUnit) -> dict[str, Any]:
    """What the last comparison settled, unless it was void; the arbiter starts from it."""
    report = last_report(unit)
    content = report.content.data if report and not report.content.data["voided"] else {}
    return content.get("reference") or {"schema": "consilium/read/v1", "fields": {}, "findings": []}


def submit_arbitration(unit: CaseUnit, *, decision: dict[str, Any], display: Blob) -> Arbitration:
    """Keep a senior's decision on a case.

    `decision` = {outcome: decided | equivocal | sent_back, reason_code, rationale,
    picks: {field: letter}, labels: {…} (the whole answer, where it is not picked),
    rework: [letters], another_read: bool}.
    """
    check_decision(decision)
    if unit.case.held:
        raise CaseHeld("The case is on hold, so it isn't decided now. What you wrote is kept as your draft.")
    match decision["outcome"]:
        case Arbitration.Outcome.SENT_BACK:
            return _send_back(unit, decision, display)
        case Arbitration.Outcome.DECIDED:
            labels = checked_labels(unit, _decided(unit, decision), settled=True)
            return _decide(unit, decision, display, labels, ReferenceLabel.Status.DETERMINED)
        case _:
            return _decide(unit, decision, display, None, ReferenceLabel.Status.EQUIVOCAL)


def _decided(unit: CaseUnit, decision: dict[str, Any]) -> dict[str, Any]:
    """The answer: what was undisputed, then what was picked from a read, then what the arbiter wrote."""
    given = decision.get("labels") or {}
    letters = readers_as_letters(unit)
    settled = undisputed(unit)
    fields = dict(settled.get("fields") or {})
    for key, letter in (decision.get("picks") or {}).items():
        if letter not in letters:
            raise InvalidInput([fault(f"/picks/{key}", "no_such_read", "Pick one of the letters shown.")])
        picked = effective(letters[letter])[0].get("fields", {})
        if key in picked:
            fields[key] = picked[key]
        else:
            fields.pop(key, None)
    fields |= given.get("fields") or {}
    fields = _still_asked(unit, fields, {*(given.get("fields") or {}), *(decision.get("picks") or {})})
    findings = given["findings"] if "findings" in given else settled.get("findings") or []
    return {"schema": "consilium/read/v1", "fields": fields, "findings": findings}


def _still_asked(unit: CaseUnit, fields: dict[str, Any], written: set[str]) -> dict[str, Any]:
    """Without what was settled before but no longer applies, because the arbiter changed what it hangs on."""
    answers = Answers()
    for one in unit.label_schema.fields:
        if one.key in fields and (one.key in written or answers.hold(one.when)):
            answers.values[one.key] = fields[one.key]
    return answers.values | {key: fields[key] for key in written & fields.keys()}


def _decide(
    unit: CaseUnit, decision: dict[str, Any], display: Blob, labels: Blob | None, status: str
) -> Arbitration:
    arbitration = _new(unit, decision)
    answer = None if labels is None else _json(labels)
    content = unit.journal.keep(
        {
            "schema": ARBITRATION,
            "outcome": arbitration.outcome,
            "reason_code": arbitration.reason_code,
            "picks": _picked(unit, decision),
            "labels": answer,
        }
    )
    entry = _record(unit, Action.ARBITRATION_DECIDED, arbitration, content, decision, display)
    unit.journal.hold(display)
    arbitration.content_id, arbitration.event_id = content.digest, entry.event_id
    arbitration.save(force_insert=True)
    release_label(
        unit,
        labels=answer if answer is not None else undisputed(unit),
        settled_by="arbitration",
        decided_by=arbitration,
        caused_by=entry,
        status=status,
    )
    return arbitration


def _send_back(unit: CaseUnit, decision: dict[str, Any], display: Blob) -> Arbitration:
    letters = readers_as_letters(unit)
    rework, another = decision.get("rework") or [], bool(decision.get("another_read"))
    if not rework and not another:
        raise InvalidInput([fault("/rework", "missing", "Name the reads to rework, or ask for one more.")])
    if any(letter not in letters for letter in rework):
        raise InvalidInput([fault("/rework", "no_such_read", "Name reads by the letters shown.")])
    if any(letters[letter].round != unit.case.round for letter in rework):
        raise IllegalMove("Those reads are of an earlier round: ask for another read, or decide.")
    if unit.situation().sent_back:
        raise AlreadyDone(
            "This case was sent back once in this round already: decide it, or call it equivocal."
        )
    if another and unit.case.reads_wanted >= unit.at_work().reads_max:
        raise IllegalMove("The protocol allows no further read of this case.")
    arbitration = _new(unit, decision)
    arbitration.rework = [letters[letter].pk for letter in rework]
    content = unit.journal.keep(
        {
            "schema": ARBITRATION,
            "outcome": arbitration.outcome,
            "reason_code": arbitration.reason_code,
            "rework": sorted(str(letters[letter].content_id) for letter in rework),
            "another_read": another,
        }
    )
    unit.journal.hold(display)
    unit.case.passes += 1
    unit.case.reads_wanted += another
    entry = unit.move(
        "send_back",
        object=("arbitration", arbitration.pk, 1),
        after=content,
        inputs=[("read", str(read.content_id)) for read in letters.values()],
        display=display.digest,
        reason=_reason(decision),
        extra={"rework": [str(pk) for pk in arbitration.rework], "reads_wanted": unit.case.reads_wanted},
    )
    arbitration.content_id, arbitration.event_id = content.digest, entry.event_id
    arbitration.save(force_insert=True)
    unit.forget()
    return arbitration


def _new(unit: CaseUnit, decision: dict[str, Any]) -> Arbitration:
    return Arbitration(
        case=unit.case,
        round=unit.case.round,
        arbiter=unit.acting.person(),
        outcome=decision["outcome"],
        reason_code=decision["reason_code"],
    )


def _record(
    unit: CaseUnit, action: Action, row: Arbitration, content: Blob, decision: dict[str, Any], display: Blob
) -> Entry:
    return unit.record(
        action,
        object=("arbitration", row.pk, 1),
        after=content,
        inputs=[("read", str(r.content_id)) for r in readers_as_letters(unit).values()],
        display=display.digest,
        reason=_reason(decision),
        extra={"outcome": str(row.outcome)},
    )


def _picked(unit: CaseUnit, decision: dict[str, Any]) -> dict[str, str]:
    letters = readers_as_letters(unit)
    return {key: str(letters[letter].content_id) for key, letter in (decision.get("picks") or {}).items()}


def _reason(decision: dict[str, Any]) -> Reason:
    return Reason(decision["reason_code"], str(decision["rationale"]).strip())


def _json(blob: Blob) -> dict[str, Any]:
    return dict(parse(blob.body))
