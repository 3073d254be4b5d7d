"""What a case's dossier is made of. Digests, hashes and times are text as the log spells them; None is not known.

People are their names in the log (`act_…`); a name or a reason is None and `erased` once its opening is gone.
"""

from dataclasses import dataclass, field
from typing import Any

from .dossier_images import ShownSeries


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who acted, in a role, with the credential snapshot that the event cites."""

    actor: str
    kind: str
    name: str | None
    erased: bool
    role: str
    site: str | None
    credentials: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """One event: its place in the case's chain and in the Merkle log (None while it waits for the seal)."""

    seq: int
    event_id: str
    action: str
    at: str
    who: Who
    leaf_hash: str
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: its code, and its words if there were any."""

    code: str
    text: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Version:
    """The guideline or protocol version that an event cites."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One digest that was displayed, as what, and what in this case has that digest."""

    role: str
    digest: str
    known_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The display manifest that an event cites; `items` is None once its content is gone."""

    digest: str
    since: str | None
    until: str | None
    items: tuple[ShownItem, ...] | None
    images: tuple[ShownSeries, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A reviewer's remark at a place of the read."""

    path: str
    text: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class DossierReview:
    """The verdict on a read; `correction` is the digest of what it was corrected to."""

    verdict: str
    act: Act
    why: Why | None
    shown: Shown | None
    comments: tuple[Comment, ...] | None
    correction: str | None
    labels: Any


@dataclass(frozen=True, slots=True)
class Recalled:
    """A read was taken back by its author."""

    act: Act
    why: Why | None


@dataclass(frozen=True, slots=True)
class CommittedTo:
    """What a reader said alone before a model's marks were shown to them; `shift`: how the read differs from it."""

    act: Act
    shown: Shown | None
    digest: str
    labels: Any
    shift: str | None  # unchanged | towards | away | neither: towards what the model says, or away from it


@dataclass(frozen=True, slots=True)
class DossierRead:
    """One revision of what a person said; `hidden` names what the protocol kept from them."""

    id: str
    place: int
    revision: int
    kind: str
    act: Act
    guideline: Version
    protocol: Version
    hidden: tuple[str, ...]
    shown: Shown | None
    why: Why | None
    digest: str
    labels: Any
    stands: str  # stands | returned | recalled | superseded
    recalled: Recalled | None
    review: DossierReview | None
    committed: CommittedTo | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A consensus report with the reads that it compared; `sampled`: drawn for a senior though they agreed."""

    id: str
    sequence: int
    act: Act
    outcome: str
    second_look: int
    sampled: bool
    reads: tuple[str, ...]
    protocol: Version
    digest: str
    report: Any


@dataclass(frozen=True, slots=True)
class Arbitrated:
    """A senior's decision; `picks` says from which read (`place.revision`) each field was taken."""

    id: str
    act: Act
    outcome: str
    why: Why | None
    shown: Shown | None
    guideline: Version
    protocol: Version
    picks: dict[str, str]
    rework: tuple[str, ...]
    another_read: bool
    digest: str
    labels: Any


@dataclass(frozen=True, slots=True)
class Released:
    """A version of the reference label; `superseded` is the act that took it out of force."""

    id: str
    version: int
    act: Act
    status: str
    settled_by: str
    decision: str | None
    guideline: Version
    protocol: Version
    digest: str
    labels: Any
    superseded: Act | None


@dataclass(frozen=True, slots=True)
class DossierRound:
    """One pass through the tiers, with the versions that it was under."""

    number: int
    begun: Act
    why: Why | None
    readers: str
    reads_planned: int
    reads_max: int
    guideline: Version
    protocol: Version
    reads: list[DossierRead] = field(default_factory=list)
    comparisons: list[Compared] = field(default_factory=list)
    arbitrations: list[Arbitrated] = field(default_factory=list)
    labels: list[Released] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the chain in a line, with its canonical JSON as it was hashed."""

    act: Act
    about: str
    source: str | None
    target: str | None
    why: Why | None
    body: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A credential snapshot that the case's events cite; None once it is gone."""

    digest: str
    actor: str
    snapshot: Any


@dataclass(frozen=True, slots=True)
class Proof:
    """That the chain up to event `covers` is under a signed head; `hashes` lead from its leaf to the root."""

    origin: str
    size: int
    root: str
    note: str
    vkey: str
    covers: int
    covers_at: str
    leaf_index: int
    leaf_hash: str
    hashes: tuple[str, ...]
    tlog_proof: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case from its log alone. `faults` says in sentences what did not hold when it was recomputed."""

    case: str
    log: str
    reference: str | None
    reference_erased: bool
    split: str | None
    strata: Any
    state: str
    held: bool
    events: int
    registered: Act
    rounds: list[DossierRound]
    credentials: list[Snapshot]
    lines: list[EventLine]
    proof: Proof | None
    faults: list[str]
