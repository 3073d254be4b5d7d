"""What is known after a case has been compared: the decision on each field, each finding, and the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.consensus.engines import Terms
from workflow.consensus.fields import Decision, State
from workflow.protocol.sections import Reads


@dataclass(frozen=True, slots=True)
class ReadInput:
    """One submitted read: an opaque id, its consilium/read/v1 content, that content's digest, its slot."""

    id: str
    content: dict[str, Any]
    digest: str
    slot: int


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """The decision on one field; `values` and `value` in stored form, `rule` as a report states it."""

    path: str
    key: str
    kind: str
    rule: dict[str, Any]
    values: Mapping[str, Any]
    decision: Decision
    value: Any = None

    @property
    def outcome(self) -> State:
        """wait, request_read, accept or escalate."""
        return self.decision.state

    @property
    def reason(self) -> str:
        """Why, in the engine's fixed words."""
        return self.decision.reason


@dataclass(frozen=True, slots=True)
class FindingOutcome:
    """The decision on one finding: `marks` by read id, marked by `held` of `of` reads.

    `question` is what a senior is asked: "real?" (too few marked it), "which?" (one reader marked it
    more than once), "where?" (its extent), "what?" (its fields); empty when nothing is disputed.
    """

    id: str
    type: str
    marks: Mapping[str, tuple[dict[str, Any], ...]]
    held: int
    of: int
    outcome: State
    reason: str
    question: str = ""
    mark: FieldOutcome | None = None
    fields: tuple[FieldOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """The decision on a case; `reference` is read-shaped and holds only what nobody disputes."""

    outcome: State
    reason: str
    reads: Reads
    inputs: tuple[ReadInput, ...]
    fields: tuple[FieldOutcome, ...] = ()
    findings: tuple[FindingOutcome, ...] = ()
    disputed: tuple[str, ...] = field(default=())
    reference: dict[str, Any] | None = None
    terms: Terms = field(default_factory=Terms)
