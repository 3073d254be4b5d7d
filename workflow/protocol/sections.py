"""The sections of a protocol, each typed, with its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from workflow.protocol.comparators import decimal_text

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Reads:
    """How many independent reads a case gets, and the rule that settles them; `n` is for n-of-m."""

    rule: str
    count: int
    max: int
    n: int | None = None

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        stated = {"rule": self.rule, "count": self.count, "max": self.max}
        return stated if self.n is None else {**stated, "n": self.n}


@dataclass(frozen=True, slots=True)
class JuniorReview:
    """Which reads a junior reviewer sees, and how often a read may be returned."""

    share: Decimal = Decimal("1.0")
    always_if: tuple[str, ...] = ("flagged", "low_confidence", "new_annotator")
    distinct_reviewers: bool = True
    max_returns: int = 2

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {
            "share": decimal_text(self.share),
            "always_if": list(self.always_if),
            "distinct_reviewers": self.distinct_reviewers,
            "max_returns": self.max_returns,
        }


POSITIVE = "positive"  # the stratum of what the readers agreed on; other strata are the case's own


@dataclass(frozen=True)
class StratumShare:
    """The share drawn of the agreed cases in one stratum: `where` gives a value to some of the strata."""

    where: Mapping[str, str | int | bool]
    share: Decimal

    def document(self) -> dict[str, Any]:
        """The entry as stored."""
        return {"where": dict(self.where), "share": decimal_text(self.share)}


@dataclass(frozen=True, slots=True)
class Arbitration:
    """Which agreed cases a senior reads all the same, and how arbitration is signed.

    Of `shares` the first that fits a case counts; `share` is for all others.
    """

    share: Decimal = Decimal("0.05")
    strata: tuple[str, ...] = (POSITIVE,)
    shares: tuple[StratumShare, ...] = ()
    signature: str = "strict"

    @property
    def samples(self) -> bool:
        """Whether any agreed case may be drawn."""
        return self.share > 0 or any(stated.share > 0 for stated in self.shares)

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        sample: dict[str, Any] = {"share": decimal_text(self.share), "strata": list(self.strata)}
        if self.shares:
            sample["shares"] = [stated.document() for stated in self.shares]
        return {"sample_of_agreed": sample, "signature": self.signature}


@dataclass(frozen=True, slots=True)
class Blinding:
    """What is hidden from each tier."""

    annotate: tuple[str, ...] = ("external_reference", "model_output", "other_reads", "reader_names")
    review: tuple[str, ...] = ("other_reads", "reader_names")
    arbitrate: tuple[str, ...] = ("reader_names",)

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {
            "annotate": list(self.annotate),
            "review": list(self.review),
            "arbitrate": list(self.arbitrate),
        }


@dataclass(frozen=True, slots=True)
class SafetyContact:
    """The deadline for acknowledging an urgent finding, such as "24h", or why there is no contact."""

    acknowledge_within: str | None = None
    none_because: str | None = None

    @property
    def deadline(self) -> timedelta | None:
        """The time allowed to acknowledge, or None without a contact."""
        if self.acknowledge_within is None:
            return None
        return timedelta(**{_UNITS[self.acknowledge_within[-1]]: int(self.acknowledge_within[:-1])})

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        if self.acknowledge_within is None:
            return {"none_because": self.none_because}
        return {"acknowledge_within": self.acknowledge_within}


@dataclass(frozen=True, slots=True)
class Gold:
    """The share of gold showings among a reader's work, and what happens on a low score."""

    share: Decimal = Decimal("0")
    on_low: str = "alert"

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {"share": decimal_text(self.share), "on_low": self.on_low}


@dataclass(frozen=True, slots=True)
class Display:
    """Whether readers attest once a day, before they read, that their display is fit for it."""

    attest: str = "never"

    @property
    def daily(self) -> bool:
        """Whether it is asked for."""
        return self.attest == "daily"

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {"attest": self.attest}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What readers are told of their own work: finals that differ, once released, and their score on controls."""

    finals: bool = False
    controls: bool = False

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {"finals": self.finals, "controls": self.controls}


NEVER, AFTER_COMMITMENT, AS_START = "never", "after_commitment", "as_start"
MODEL_OUTPUT = "model_output"


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """When readers see what a model says of their case: which one by its file's digest, and whether by its name."""

    show: str = NEVER
    model: str | None = None
    named: bool = True

    def document(self) -> dict[str, Any]:
        """The section as stored."""
        return {"show": self.show, "model": self.model, "named": self.named}
