"""What a case's events say of its reads and labels, by whom and in which leaf: for the label tables."""

from dataclasses import dataclass, field
from typing import Any, Final

Event = dict[str, Any]

_READS: Final = ("read.submitted", "read.revised", "read.second_look")
_DECISIONS: Final = {"consensus.computed": "consensus", "arbitration.decided": "arbitration"}
# All that the tables are made of; the events of tasks, most of a log, are not looked at.
ACTIONS: Final = (
    "case.created",
    "read.committed",
    *_READS,
    "read.recalled",
    "review.accepted",
    "review.corrected",
    "review.returned",
    "review.escalated",
    "review.waived",
    *_DECISIONS,
)


@dataclass(slots=True)
class StoryRead:
    """One revision of a person's labels, its recall, and the verdict on it."""

    id: str
    round: int
    slot: int
    revision: int
    kind: str
    actor: str
    digest: str
    event: str
    at: str
    recalled: bool = False
    review: "StoryReview | None" = None
    commitment: "StoryCommitment | None" = None


@dataclass(frozen=True, slots=True)
class StoryCommitment:
    """What the read's author had said alone before they saw a model's marks."""

    digest: str
    event: str


@dataclass(frozen=True, slots=True)
class StoryReview:
    """A verdict; `digest` is of the correction, if there is one."""

    verdict: str
    actor: str
    event: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """A comparison or an arbitration."""

    how: str
    actor: str
    event: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoryLabel:
    """A released label, and what it was decided by."""

    version: int
    round: int
    status: str
    settled_by: str
    digest: str
    event: str
    guideline: Event
    protocol: Event
    at: str  # when it was released
    site: str | None  # of whoever's act released it
    decision: StoryDecision | None
    compared: StoryDecision | None  # the round's last comparison, from which an arbiter started


@dataclass(slots=True)
class CaseStory:
    """One case as its events tell it, oldest first."""

    case: str
    about: str = ""  # digest of what was registered
    state: str = ""
    round: int = 0
    reads: list[StoryRead] = field(default_factory=list)
    labels: list[StoryLabel] = field(default_factory=list)
    _last: dict[str, StoryDecision] = field(default_factory=dict)
    _committed: dict[str, StoryCommitment] = field(default_factory=dict)  # of the round, by actor

    def take(self, event: Event, sealed: bytes) -> None:
        """The next event, sealed as the leaf with this hash."""
        action, leaf = event["action"], f"sha256:{sealed.hex()}"
        if event["state"]:
            self._move(event)
        if action == "case.created":
            self.about = event["after"]["digest"]
        elif action == "read.committed":
            self._committed[event["actor"]["id"]] = StoryCommitment(event["after"]["digest"], leaf)
        elif action in _READS:
            self.reads.append(_read(event, leaf, self.round))
            if any(cited["role"] == "commitment" for cited in event["inputs"]):
                self.reads[-1].commitment = self._committed.get(event["actor"]["id"])
        elif action == "read.recalled":
            self._read_of(event).recalled = True
        elif action.startswith("review."):
            self._read_of(event).review = _review(event, leaf)
        elif action in _DECISIONS:
            how = _DECISIONS[action]
            self._last[how] = StoryDecision(how, event["actor"]["id"], leaf, event["after"]["digest"])
        elif action == "label.released":
            self.labels.append(self._label(event, leaf))

    def cited(self) -> set[str]:
        """The contents that the tables need of this case."""
        found = {self.about} | {read.digest for read in self.reads}
        found |= {read.review.digest for read in self.reads if read.review and read.review.digest}
        for label in self.labels[-1:]:
            found.add(label.digest)
            found |= {each.digest for each in (label.decision, label.compared) if each}
        return found - {""}

    def _move(self, event: Event) -> None:
        self.state = event["state"]["to"]
        begins = event["extra"] and event["extra"].get("reads_planned") is not None
        if begins:
            self.round, self._last, self._committed = event["extra"]["round"], {}, {}

    def _read_of(self, event: Event) -> StoryRead:
        return next(read for read in self.reads if read.id == event["object"]["id"])

    def _label(self, event: Event, leaf: str) -> StoryLabel:
        how = event["extra"]["settled_by"]
        return StoryLabel(
            version=event["object"]["version"],
            round=self.round,
            status=event["extra"]["status"],
            settled_by=how,
            digest=event["after"]["digest"],
            event=leaf,
            guideline=event["guideline"],
            protocol=event["protocol"],
            at=event["time"]["server"],
            site=event["actor"].get("site"),
            decision=self._last.get(how),
            compared=self._last.get("consensus"),
        )


def _read(event: Event, leaf: str, round_: int) -> StoryRead:
    return StoryRead(
        id=event["object"]["id"],
        round=round_,
        slot=event["extra"]["slot"],
        revision=event["object"]["version"],
        kind=event["extra"]["kind"],
        actor=event["actor"]["id"],
        digest=event["after"]["digest"],
        event=leaf,
        at=event["time"]["server"],
    )


def _review(event: Event, leaf: str) -> StoryReview:
    verdict = event["action"].removeprefix("review.")
    corrected = event["after"]["digest"] if event["after"] else None
    return StoryReview(verdict, event["actor"]["id"], leaf, corrected)
