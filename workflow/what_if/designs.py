"""The designs that may be compared: how many people read a case, and what settles it."""

from dataclasses import dataclass
from typing import Any

from workflow.protocol.rules import default_max
from workflow.protocol.sections import Reads

TWO_PHASE = "lidc-two-phase"


@dataclass(frozen=True, slots=True)
class Design:
    """A named way to come from reads to a label; what the reads leave open goes to a senior."""

    name: str
    reads: Reads

    @property
    def fixed(self) -> bool:
        """Whether every case gets the same number of reads."""
        return self.reads.count == self.reads.max


def design(name: str, rule: str, count: int, most: int | None = None, n: int | None = None) -> Design:
    """A design; `most` reads as a protocol would take them if they are not given."""
    return Design(name, Reads(rule, count, default_max(rule, count) if most is None else most, n))


DESIGNS: tuple[Design, ...] = (
    design("single", "unanimous", 1),
    design("2+senior", "2+senior", 2),
    design("2+1", "2+1", 2),
    design("majority of 3", "majority", 3),
    design("unanimous of 3", "unanimous", 3),
    design("3 of 4", "n-of-m", 3, 4, 3),
)


def design_of(reads: Reads) -> Design:
    """The design of a protocol's `reads` section, named by its rule, with its numbers where they vary."""
    if reads.rule == "n-of-m":
        return Design(f"{reads.n} of {reads.max}", reads)
    return Design(
        reads.rule if reads.rule in ("2+1", "2+senior") else f"{reads.rule} of {reads.count}", reads
    )


def document(one: Design) -> dict[str, Any]:
    """The design as plain values."""
    return {"name": one.name, **one.reads.document()}
