"""What comparing two answers gives: whether they agree, by which number, and what else was measured."""

from dataclasses import dataclass
from fractions import Fraction

NO_SPACING = "no pixel spacing is known"
TOO_LARGE = "the masks span too many voxels"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two answers compared; `missing` says why it could not be measured (then nobody may decide it)."""

    agree: bool
    number: Fraction | None
    measures: tuple[tuple[str, Fraction | None], ...] = ()
    missing: str = ""
