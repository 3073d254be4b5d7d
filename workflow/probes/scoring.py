"""What a reader said of a probe, held against what is known of it, by the protocol's own comparators. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from workflow.consensus.cases import decide_case
from workflow.consensus.engines import Terms
from workflow.consensus.outcomes import CaseDecision, ReadInput
from workflow.consensus.spacing import Scale
from workflow.protocol.protocol import Protocol
from workflow.protocol.sections import Reads

OF_TWO: Final = Reads("unanimous", 2, 2)


@dataclass(frozen=True, slots=True)
class Score:
    """Whether a read says the same as what is known, and part by part: fields by key, findings by their type."""

    passed: bool
    parts: tuple[tuple[str, bool], ...]

    def document(self) -> dict[str, Any]:
        """Plain values, for the log."""
        return {"passed": self.passed, "parts": [{"part": name, "agrees": ok} for name, ok in self.parts]}


def score(
    schema: dict[str, Any],
    protocol: Protocol,
    scale: Scale,
    said: Mapping[str, Any],
    known: Mapping[str, Any],
) -> Score:
    """Compare two answers as consensus would compare two reads; fields that never escalate decide nothing."""
    decision = decide_case(
        schema=schema,
        protocol=replace(protocol, reads=OF_TWO),
        reads=[
            ReadInput("known", {**known, "flags": []}, "", 1),
            ReadInput("said", {**said, "flags": []}, "", 2),
        ],
        terms=Terms(scale=scale),
    )
    return Score(decision.outcome == "accept", tuple(_parts(decision)))


def _parts(decision: CaseDecision) -> list[tuple[str, bool]]:
    fields = [(field.key, field.outcome == "accept") for field in decision.fields]
    return fields + [(f"{one.type} {one.id}", one.outcome == "accept") for one in decision.findings]
