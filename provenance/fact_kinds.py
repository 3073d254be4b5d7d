"""The kinds of facts that a case's log tells; every one of them has a row in a table to be held against.

Ids, digests and times are text as the log spells them; people are their names in the log (`act_…`).
"""

from dataclasses import dataclass, field
from typing import Any, Final

UNKNOWN: Final = "unknown"  # a fact whose content is gone, as after an erasure


@dataclass(frozen=True, slots=True)
class Round:
    """One pass through the tiers, and the versions it is pinned to."""

    readers: str
    guideline: str
    protocol: str
    reads_planned: int
    reads_max: int
    event: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a person is in a round."""

    kind: str
    slot: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Read:
    """One revision of a person's labels; `started_at` comes from the display manifest."""

    round: int
    slot: int
    revision: int
    kind: str
    member: str
    task: str
    content: str
    display: str
    started_at: str
    submitted_at: str
    event: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model, by its id, says of the case."""

    model: str
    attached_by: str
    content: str
    created_at: str
    event: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a reader said alone, before a model's marks were shown to them."""

    round: int
    slot: int
    kind: str
    member: str
    task: str
    content: str
    display: str
    started_at: str
    committed_at: str
    event: str


@dataclass(frozen=True, slots=True)
class Assistance:
    """What became of a model's marks in a read that was made with them; the figures are of the content.

    `commitment`: by its id, where the reader had committed before; `shift`: how they went on from it.
    """

    prediction: str
    content: str
    manner: str
    kept: Any
    changed: Any
    dropped: Any
    added: Any
    commitment: str | None
    shift: str
    event: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A read was taken back."""

    round: int
    event: str


@dataclass(frozen=True, slots=True)
class Review:
    """The verdict on one read."""

    round: int
    verdict: str
    reviewer: str | None
    correction: str | None
    comments: str | None
    reason_code: str
    during: int
    event: str


@dataclass(frozen=True, slots=True)
class Report:
    """One comparison of the reads, and what came of it."""

    round: int
    sequence: int
    second_look: int
    outcome: str
    sampled: bool
    reads: tuple[str, ...]
    content: str
    event: str


@dataclass(frozen=True, slots=True)
class Arbitration:
    """A senior's decision."""

    round: int
    arbiter: str
    outcome: str
    content: str
    reason_code: str
    rework: tuple[str, ...]
    event: str


@dataclass(frozen=True, slots=True)
class Label:
    """One version of the reference label."""

    round: int
    version: int
    status: str
    settled_by: str
    content: str
    event: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A wish to exclude a claimed case, and the second person's approval."""

    requested_by: str
    reason_code: str
    requested_event: str
    approved_by: str | None = None
    approved_event: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The case itself, as it stands after its last event."""

    state: str = ""
    excluded_from: str = ""
    held: bool = False
    priority: int = 0
    round: int = 0
    reads_wanted: int = 0
    passes: int = 0
    split: str = UNKNOWN
    strata: Any = UNKNOWN
    shown: Any = UNKNOWN
    needs: Any = UNKNOWN
    external_ref: str = UNKNOWN  # commitment
    patient: str = UNKNOWN  # commitment
    events: int = 0
    purpose: str = UNKNOWN
    wave: str | None = UNKNOWN
    source: str | None = UNKNOWN


@dataclass(slots=True)
class CaseFacts:
    """Everything rebuilt of one case. Keys: round number; round/person; id of read, report, decision and so on."""

    case: Standing = field(default_factory=Standing)
    rounds: dict[str, Round] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)
    recalls: dict[str, Recall] = field(default_factory=dict)
    predictions: dict[str, Prediction] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    assistance: dict[str, Assistance] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    arbitrations: dict[str, Arbitration] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    exclusions: dict[str, Exclusion] = field(default_factory=dict)
