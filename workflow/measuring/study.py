"""What agreement is measured on: the planned first reads of a project's cases, as they were submitted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.consensus.spacing import Scale

METHOD = (
    "Planned independent first reads, revision 1 as submitted, before any review, also where its author took it "
    "back; where a model's marks were shown after a commitment, what the reader had committed to before. Conditional "
    "reads, second looks, the arbiter's own reads, rounds by the same readers, earlier rounds, "
    "reworks and corrections are left out."
)
CONDITIONAL_ON = "These numbers hold for these readers and these cases; they say nothing of others."


@dataclass(frozen=True, slots=True)
class FirstRead:
    """One planned read as first submitted: who (their name in the log), in which slot, the labels in stored form."""

    id: str
    reader: str
    slot: int
    labels: Mapping[str, Any]
    guideline: str = ""
    digest: str = ""
    seconds: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StudiedCase:
    """A case with the first reads of its round; `patient` only groups cases, and is never told."""

    case: str
    patient: str
    planned: int
    reads: tuple[FirstRead, ...]
    strata: Mapping[str, Any] = field(default_factory=dict)
    scale: Scale = field(default_factory=Scale)
    round: int = 1


@dataclass(frozen=True, slots=True)
class Studied:
    """The cases that are measured, and how many reads and cases are left out, by reason."""

    cases: tuple[StudiedCase, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def readers(self) -> tuple[str, ...]:
        """Everybody who made one of these reads, in order."""
        return tuple(sorted({read.reader for case in self.cases for read in case.reads}))

    @property
    def patients(self) -> tuple[str, ...]:
        """The patient of each case."""
        return tuple(case.patient for case in self.cases)

    def where(self, stratum: str, value: str) -> "Studied":
        """The cases of one subgroup."""
        kept = tuple(
            case for case in self.cases if stratum in case.strata and str(case.strata[stratum]) == value
        )
        return Studied(kept, self.left_out)
