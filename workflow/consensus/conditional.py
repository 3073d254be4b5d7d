"""Fields that exist only where another has a certain answer (`when`): who votes on them, and when they count.

Only reads that have the field vote on it; a read without it never counts as disagreeing. The field is settled
after the fields that its condition names: where these are settled otherwise, it is absent and not disputed;
while they are open it waits with them, except that a crossed cut-off always goes up.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from workflow.consensus.answered import field_outcome
from workflow.consensus.answers import Unanswered, decoded
from workflow.consensus.engines import Terms
from workflow.consensus.fields import Decision, State, crossed_cutoff, worst
from workflow.consensus.outcomes import FieldOutcome
from workflow.consensus.rules import BY_KIND, rule_for
from workflow.protocol.fieldrules import FieldRule
from workflow.protocol.sections import Reads

Standing = Literal["holds", "fails", "open"]
NOT_MET = "condition not met"
NOT_ASSESSABLE = {"not_assessable": True}


def conditional_outcome(
    field: dict[str, Any],
    stated: FieldRule,
    reads: Reads,
    values: Mapping[str, Any],
    earlier: Mapping[str, FieldOutcome],
    *,
    more: bool,
    terms: Terms,
) -> FieldOutcome:
    """The outcome of a field with a condition, from its stored values by read id (None: the read hasn't it)."""
    path = f"fields/{field['key']}"
    pool = {read: value for read, value in values.items() if value is not None}
    standing = condition_stands(field["when"], earlier)
    compared = field_outcome(field, path, stated, reads, pool, more=more, terms=terms)
    if standing == "fails":
        return _with(compared, Decision("accept", reason=NOT_MET))
    if standing == "open":
        return _waiting(field, stated, reads, compared, earlier)
    if len(pool) == 1 < len(values) and stated.escalates:
        state: State = "request_read" if more else "escalate"
        return _with(compared, Decision(state, reason="only one read has it"))
    return compared


def condition_stands(when: Any, earlier: Mapping[str, FieldOutcome]) -> Standing:
    """Whether a condition, or every one of a list, holds in what is settled so far."""
    conditions = when if isinstance(when, list) else [when]
    outcomes = [earlier[condition["field"]] for condition in conditions]
    if any(outcome.outcome != "accept" for outcome in outcomes):
        return "open"
    met = all(_holds(c, outcome.value) for c, outcome in zip(conditions, outcomes, strict=True))
    return "holds" if met else "fails"


def _holds(condition: Mapping[str, Any], value: Any) -> bool:
    if value is None or value == NOT_ASSESSABLE:
        return False
    if "is" not in condition:
        return True
    given = value if isinstance(value, list) else [value]
    # bool is an int to Python: True must not answer for the category 1.
    return any(type(one) is type(wanted) and one == wanted for one in given for wanted in condition["is"])


def _waiting(
    field: dict[str, Any],
    stated: FieldRule,
    reads: Reads,
    compared: FieldOutcome,
    earlier: Mapping[str, FieldOutcome],
) -> FieldOutcome:
    if stated.escalates and _crosses(field, stated, reads, compared.values):
        return compared
    conditions = field["when"] if isinstance(field["when"], list) else [field["when"]]
    open_fields = [earlier[c["field"]] for c in conditions if earlier[c["field"]].outcome != "accept"]
    names = ", ".join(sorted(outcome.key for outcome in open_fields))
    return _with(compared, Decision(worst([o.outcome for o in open_fields]), reason=f"waits for {names}"))


def _crosses(field: dict[str, Any], stated: FieldRule, reads: Reads, values: Mapping[str, Any]) -> bool:
    kind = field["kind"]
    if kind not in BY_KIND or not stated.cutoffs:
        return False
    answers = [decoded(kind, value) for value in values.values()]
    given = [answer for answer in answers if not isinstance(answer, Unanswered)]
    return crossed_cutoff(rule_for(kind, stated, reads), given) is not None


def _with(outcome: FieldOutcome, decision: Decision) -> FieldOutcome:
    kept = replace(decision, numbers=outcome.decision.numbers, detail=outcome.decision.detail)
    kept = replace(kept, pairwise_agreement=outcome.decision.pairwise_agreement)
    return replace(outcome, decision=kept, value=None)
