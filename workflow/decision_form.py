"""The form of a senior's decision, checked before anything is done with it."""

from typing import Any

from .errors import InvalidInput
from .models import Arbitration
from .reasons import code_faults, fault


def check_decision(decision: dict[str, Any]) -> None:
    """Refuse a decision whose form is wrong: InvalidInput with the place of each fault."""
    faults = code_faults(decision.get("reason_code"), "Choose why the reads differed.")
    rationale = decision.get("rationale")
    if not isinstance(rationale, str) or not rationale.strip():
        faults.append(fault("/rationale", "missing", "Write in a sentence why you decided so."))
    if decision.get("outcome") not in list(Arbitration.Outcome.values):
        faults.append(fault("/outcome", "bad_outcome", "Decide, call it equivocal, or send it back."))
    faults += [fault(f"/{key}", "wrong_kind", words) for key, words in _misshapen(decision)]
    if faults:
        raise InvalidInput(faults, "The decision can't be stored yet.")


def _misshapen(decision: dict[str, Any]) -> list[tuple[str, str]]:
    wrong = []
    picks, labels = decision.get("picks"), decision.get("labels")
    if picks is not None and not (isinstance(picks, dict) and _all_text(list(picks.values()))):
        wrong.append(("picks", "Name a letter for each field."))
    if labels is not None and not (isinstance(labels, dict) and isinstance(labels.get("fields", {}), dict)):
        wrong.append(("labels", "The labels are an object with fields and findings."))
    if decision.get("rework") is not None and not _all_text(decision["rework"]):
        wrong.append(("rework", "Name the reads in a list of letters."))
    return wrong


def _all_text(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)
