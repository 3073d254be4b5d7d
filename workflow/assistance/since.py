"""How a read differs from what its reader had committed to: mark by mark, and towards the model or away from it."""

from collections.abc import Mapping
from typing import Any

from workflow.consensus.spacing import Scale
from workflow.models import Assistance
from workflow.protocol.fieldrules import FindingRule

from .comparing import Labels, compared, differing


def since_commitment(
    model: Labels, committed: Labels, read: Labels, rules: Mapping[str, FindingRule], scale: Scale
) -> dict[str, Any]:
    """What changed between a commitment and the read that followed: `counts`, `marks`, `fields`; and the `shift`.

    `before` and `after`: in how many marks and answers each of the two differs from the model. A mark that lies
    elsewhere than the model's differs, however little; so does one that only one of them has.
    """
    before, after = (
        differing(compared(model, labels, rules, scale, by_id=False)) for labels in (committed, read)
    )
    went = compared(committed, read, rules, scale)
    about = {name: went[name] for name in ("counts", "marks", "fields")}
    return {**about, "before": before, "after": after, "shift": _shift(committed == read, after - before)}


def _shift(unchanged: bool, more: int) -> str:
    if unchanged:
        return Assistance.Shift.UNCHANGED.value
    if more == 0:
        return Assistance.Shift.NEITHER.value
    return (Assistance.Shift.AWAY if more > 0 else Assistance.Shift.TOWARDS).value
