"""The answer to "what if": each design with its quantities, their intervals and a sentence."""

from dataclasses import dataclass
from typing import Any

from workflow.agreement.results import Estimate
from workflow.what_if.designs import Design, document
from workflow.what_if.quantities import plain

NAMES = (
    "reads_per_case",
    "escalated",
    "arbitrated",
    "hours_reading",
    "hours_review",
    "hours_arbitration",
    "hours",
    "agreement_accepted",
    "agreement_final",
)
NOTES = (
    "The intervals come from drawing patients, and hold for these readers.",
    "Readers are taken for exchangeable: each design is averaged over all orders in which they might have been asked.",
    "Agreement with the arbiter counts an arbitrated case as agreeing, and is not accuracy.",
)


@dataclass(frozen=True, slots=True)
class DesignEstimate:
    """One design: on how many cases it could be tried, and what it would have needed and given."""

    design: Design
    cases: int
    left_out: int
    quantities: dict[str, Estimate]

    @property
    def sentence(self) -> str:
        """In words, as a protocol editor says it."""
        return _sentence(self)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        told = {name: plain(one) for name, one in self.quantities.items()}
        about = {"cases": self.cases, "left_out": self.left_out, "sentence": self.sentence}
        return {"design": document(self.design), **about, **told}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every design tried on the same reads."""

    cases: int
    patients: int
    designs: tuple[DesignEstimate, ...]
    draws: int
    seed: int
    notes: tuple[str, ...] = NOTES

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        about = {"cases": self.cases, "patients": self.patients, "draws": self.draws, "seed": self.seed}
        return {**about, "notes": list(self.notes), "designs": [one.as_dict() for one in self.designs]}


def _sentence(one: DesignEstimate) -> str:
    reads, arbitrated = (one.quantities[name].value for name in ("reads_per_case", "arbitrated"))
    if reads is None and arbitrated is None:
        return f"{one.design.name}: {one.quantities['arbitrated'].reason}"
    parts = [
        f"{reads:.2f} reads per case" if reads is not None else "an unknown number of reads per case",
        f"{100 * arbitrated:.0f} % arbitration"
        if arbitrated is not None
        else "an unknown share of arbitration",
    ]
    return f"{one.design.name} would have needed {' and '.join(parts)}."
