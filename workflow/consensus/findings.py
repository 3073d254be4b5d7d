"""The findings of one type over all reads: which marks are one finding, is it real, where, and what.

Written rules. A case in which no read marks anything agrees (there is no finding to settle). Where one
read marks and another does not, each mark is a finding held by k of n reads: real when enough of the n
stand behind it, otherwise another read is asked for, or a senior is asked "real?". Those who did not
mark a finding have no say on where or what it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from workflow.consensus.answered import field_outcome
from workflow.consensus.answers import Value, decoded
from workflow.consensus.comparators import gain
from workflow.consensus.engines import Terms
from workflow.consensus.fields import State, worst
from workflow.consensus.joining import joined_by
from workflow.consensus.likeness import NO_SPACING
from workflow.consensus.lines import measurable
from workflow.consensus.matching import joined
from workflow.consensus.outcomes import FieldOutcome, FindingOutcome, ReadInput
from workflow.consensus.rules import UNSTATED, Rule
from workflow.protocol.comparators import Equal
from workflow.protocol.drawn import Distance, Length
from workflow.protocol.fieldrules import FieldRule, FindingRule
from workflow.protocol.sections import Reads

Group = list[tuple[str, dict[str, Any]]]  # (read id, finding), in the order of read ids


def finding_groups(
    finding_type: dict[str, Any], rule: FindingRule, reads: Sequence[ReadInput], terms: Terms
) -> list[Group]:
    """The findings of one type joined across reads, in geometric order (one group per mark if not comparable)."""
    own = [_of_type(read, finding_type["key"]) for read in reads]
    kind = finding_type["mark"]["kind"]
    if kind not in terms.engine.kinds:
        return [[(read.id, one)] for read, found in zip(reads, own, strict=True) for one in found]
    marks = [[decoded(kind, finding["mark"], terms.scale) for finding in found] for found in own]
    groups = _joined(marks, rule, kind, terms)
    groups.sort(key=lambda places: (sorted(marks[r][m] for r, m in places), places))
    return [[(reads[r].id, own[r][m]) for r, m in places] for places in groups]


def finding_outcome(
    identity: str,
    finding_type: dict[str, Any],
    rule: FindingRule,
    reads: Reads,
    group: Group,
    of: int,
    terms: Terms,
) -> FindingOutcome:
    """The decision on one finding marked in `group` by some of `of` reads."""
    marks: dict[str, tuple[dict[str, Any], ...]] = {}
    for read, finding in group:
        marks[read] = (*marks.get(read, ()), finding)
    state, reason, question = _presence(reads, group, len(marks), of)
    if state != "accept" and (why := _incomparable(finding_type, rule, group, terms)):
        state, reason, question = "escalate", why, "real?"
    held = FindingOutcome(identity, finding_type["key"], marks, len(marks), of, state, reason, question)
    return _described(held, finding_type, rule, reads, terms) if state == "accept" else held


def _joined(
    marks: Sequence[Sequence[Value]], rule: FindingRule, kind: str, terms: Terms
) -> list[list[tuple[int, int]]]:
    if terms.engine.joins_ties:
        return joined_by(marks, partial(gain, rule.comparator_for(kind)))
    return joined(marks, Fraction(rule.match_at))


def _incomparable(finding_type: dict[str, Any], rule: FindingRule, group: Group, terms: Terms) -> str:
    """Why marks of this type cannot be matched at all; empty when they can."""
    kind = finding_type["mark"]["kind"]
    if kind not in terms.engine.kinds:
        return f"not_compared: marks of kind {kind}"
    comparator = rule.comparator_for(kind)
    if isinstance(comparator, Distance | Length) and not all(
        measurable(comparator, decoded(kind, finding["mark"], terms.scale)) for _, finding in group
    ):
        return f"not measurable: {NO_SPACING}"
    return ""


def _of_type(read: ReadInput, key: str) -> list[dict[str, Any]]:
    found = [finding for finding in read.content.get("findings", ()) if finding["type"] == key]
    return sorted(found, key=lambda finding: str(finding["id"]))


def _presence(reads: Reads, group: Group, held: int, of: int) -> tuple[State, str, str]:
    share = f"marked by {held} of {of}"
    if len(group) > held:
        return "escalate", "several marks of one read join one finding", "which?"
    if held == of:
        return "accept", share, ""
    enough = Rule(reads, Equal(), "fused")
    if enough.settles_by_majority and held >= enough.needed(of):
        return "accept", share, ""
    return ("request_read" if of < reads.max else "escalate"), share, "real?"


def _described(
    held: FindingOutcome, finding_type: dict[str, Any], rule: FindingRule, reads: Reads, terms: Terms
) -> FindingOutcome:
    kind = finding_type["mark"]["kind"]
    findings = {read: marks[0] for read, marks in held.marks.items()}
    more, path = held.of < reads.max, f"findings/{held.id}"
    place = field_outcome(
        {"key": "mark", "kind": kind},
        f"{path}/mark",
        FieldRule(comparator=rule.comparator_for(kind), aggregate=rule.aggregate),
        reads,
        {read: finding["mark"] for read, finding in findings.items()},
        more=more,
        terms=terms,
    )
    fields = tuple(
        field_outcome(
            field,
            f"{path}/fields/{field['key']}",
            rule.fields.get(field["key"], UNSTATED),
            reads,
            {read: finding.get("fields", {}).get(field["key"]) for read, finding in findings.items()},
            more=more,
            terms=terms,
        )
        for field in finding_type.get("fields", ())
    )
    return _concluded(held, place, fields)


def _concluded(held: FindingOutcome, place: FieldOutcome, fields: tuple[FieldOutcome, ...]) -> FindingOutcome:
    disputed = [part.key for part in (place, *fields) if part.outcome != "accept"]
    question = "" if not disputed else "where?" if place.outcome != "accept" else "what?"
    reason = "; disputed: ".join([held.reason, ", ".join(disputed)]) if disputed else held.reason
    state = worst([part.outcome for part in (place, *fields)])
    return replace(held, outcome=state, reason=reason, question=question, mark=place, fields=fields)
