"""A protocol: how reads become truth, typed, with every default written out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.protocol.comparators import decimal_text
from workflow.protocol.faults import ProtocolError
from workflow.protocol.fieldrules import FieldRule, FindingRule
from workflow.protocol.parsing import parsed_sections
from workflow.protocol.rules import rule_faults
from workflow.protocol.sections import (
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
)
from workflow.protocol.shape import shape_faults

SCHEMA = "consilium/protocol/v1"


@dataclass(frozen=True, slots=True)
class Protocol:
    """How reads become truth, under one digest; build it with `Protocol.parse`."""

    reads: Reads
    safety_contact: SafetyContact
    junior_review: JuniorReview = field(default_factory=JuniorReview)
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    findings: Mapping[str, FindingRule] = field(default_factory=dict)
    second_look_rounds: int = 0
    arbitration: Arbitration = field(default_factory=Arbitration)
    blinding: Blinding = field(default_factory=Blinding)
    model: ModelOutput = field(default_factory=ModelOutput)
    gold: Gold = field(default_factory=Gold)
    display: Display = field(default_factory=Display)
    feedback: Feedback = field(default_factory=Feedback)
    acceptance: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)

    @staticmethod
    def parse(document: dict[str, Any]) -> "Protocol":
        """The protocol of a JSON document; ProtocolError lists every fault at once."""
        shape = shape_faults(document)
        faults = sorted({*shape, *rule_faults(document, shape)})
        if faults:
            raise ProtocolError(faults)
        return Protocol(**parsed_sections(document))

    def document(self) -> dict[str, Any]:
        """The full document with every default, whose canonical bytes are hashed; parses to an equal one."""
        return {
            "schema": SCHEMA,
            "reads": self.reads.document(),
            "junior_review": self.junior_review.document(),
            "fields": {key: rule.document() for key, rule in self.fields.items()},
            "findings": {key: rule.document() for key, rule in self.findings.items()},
            "second_look": {"rounds": self.second_look_rounds},
            "arbitration": self.arbitration.document(),
            "blinding": self.blinding.document(),
            # Left out where nothing is shown, so that a protocol without it keeps its digest.
            **({} if self.model.show == NEVER else {"model": self.model.document()}),
            "safety_contact": self.safety_contact.document(),
            "gold": self.gold.document(),
            "acceptance": {
                key: {name: decimal_text(bound)} for key, (name, bound) in self.acceptance.items()
            },
            **self._stated_only(),
        }

    def _stated_only(self) -> dict[str, Any]:
        # Sections that came later stand in the document only where they ask for something: a protocol that was
        # published without them keeps its digest.
        later: dict[str, Display | Feedback] = {"display": self.display, "feedback": self.feedback}
        return {name: one.document() for name, one in later.items() if one != type(one)()}
