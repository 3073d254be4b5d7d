"""What is known of one field, and what its statistics depend on."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.consensus.rules import Rule


@dataclass(frozen=True, slots=True)
class Measured:
    """The statistics of one field, or of one part of it (`part`: a cut-off, a label, a size band)."""

    statistics: tuple[Estimate, ...]
    prevalence: tuple[tuple[Any, float], ...] = ()
    missing: int = 0
    n: int = 0
    parts: tuple[tuple[str, "Measured"], ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field's statistics depend on beside its answers: the rule, the scale, the draws."""

    rule: Rule
    categories: tuple[Hashable, ...]
    how: Resampling
