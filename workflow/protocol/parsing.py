"""From a document that has no fault to typed sections, defaults filled."""

from decimal import Decimal
from typing import Any

from workflow.protocol.fieldrules import field_rule_from, finding_rule_from
from workflow.protocol.rules import default_max
from workflow.protocol.sections import (
    MODEL_OUTPUT,
    NEVER,
    Arbitration,
    Blinding,
    Display,
    Feedback,
    Gold,
    JuniorReview,
    ModelOutput,
    Reads,
    SafetyContact,
    StratumShare,
)


def parsed_sections(document: dict[str, Any]) -> dict[str, Any]:
    """The members of a Protocol, by name, of a faultless document."""
    fields = document.get("fields", {})
    findings = document.get("findings", {})
    return {
        "reads": _reads(document["reads"]),
        "safety_contact": SafetyContact(**document["safety_contact"]),
        "junior_review": JuniorReview(**_typed(document.get("junior_review", {}))),
        "fields": {key: field_rule_from(rule) for key, rule in fields.items()},
        "findings": {key: finding_rule_from(rule) for key, rule in findings.items()},
        "second_look_rounds": document.get("second_look", {}).get("rounds", 0),
        "arbitration": _arbitration(document.get("arbitration", {})),
        "blinding": _blinding(document.get("blinding", {}), document.get("model", {})),
        "model": _model(document.get("model", {})),
        "gold": Gold(**_typed(document.get("gold", {}))),
        "display": Display(**document.get("display", {})),
        "feedback": Feedback(**document.get("feedback", {})),
        "acceptance": {key: _bound(bound) for key, bound in document.get("acceptance", {}).items()},
    }


def _reads(given: dict[str, Any]) -> Reads:
    most = given.get("max", default_max(given["rule"], given["count"]))
    return Reads(rule=given["rule"], count=given["count"], max=most, n=given.get("n"))


def _arbitration(given: dict[str, Any]) -> Arbitration:
    signature = {key: given[key] for key in ("signature",) if key in given}
    sample = dict(given.get("sample_of_agreed", {}))
    shares = tuple(StratumShare(one["where"], Decimal(one["share"])) for one in sample.pop("shares", ()))
    return Arbitration(**_typed(sample), shares=shares, **signature)


def _blinding(given: dict[str, Any], model: dict[str, Any]) -> Blinding:
    stated = _typed(given)
    if model.get("show", NEVER) != NEVER and "annotate" not in stated:
        # What is to be shown isn't hidden by default.
        stated["annotate"] = tuple(one for one in Blinding().annotate if one != MODEL_OUTPUT)
    return Blinding(**stated)


def _model(given: dict[str, Any]) -> ModelOutput:
    return ModelOutput() if given.get("show", NEVER) == NEVER else ModelOutput(**given)


def _bound(given: dict[str, str]) -> tuple[str, Decimal]:
    [(name, bound)] = given.items()
    return name, Decimal(bound)


def _typed(section: dict[str, Any]) -> dict[str, Any]:
    # Lists name sets of conditions: sorted, so that their order does not change the digest.
    return {key: _value(key, value) for key, value in section.items()}


def _value(key: str, value: Any) -> Any:
    if key == "share":
        return Decimal(value)
    return tuple(sorted(value)) if isinstance(value, list) else value
