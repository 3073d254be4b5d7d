"""Whether two answers to one field agree, and by which number."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from workflow.consensus.answers import FieldRead, Unanswered, Value
from workflow.consensus.boxes import iou
from workflow.consensus.matching import f1
from workflow.protocol import comparators as stated


@dataclass(frozen=True, slots=True)
class BoxSets:
    """Two sets of boxes agree when matching at IoU ≥ `iou` gives an F1 of at least `min_f1`."""

    iou: Fraction
    min_f1: Fraction

    def document(self) -> dict[str, Any]:
        """The comparator as a report states it."""
        return {"box_sets": {"iou": str(self.iou), "min_f1": str(self.min_f1)}}


Comparator = stated.Comparator | BoxSets


@dataclass(frozen=True, slots=True)
class PairNumber:
    """How two reads compare: the number is a difference, an overlap, or 1 | 0 for equal | not."""

    a: str
    b: str
    agree: bool
    number: Fraction | None


def pair_numbers(comparator: Comparator, reads: Sequence[FieldRead]) -> tuple[PairNumber, ...]:
    """Every pair of reads compared, in the order of their ids; no number where an answer is missing."""
    ordered = sorted(reads, key=lambda read: read.id)
    return tuple(_pair(comparator, a, b) for a, b in combinations(ordered, 2))


def agreement(pairs: Sequence[PairNumber]) -> Fraction | None:
    """The share of pairs that agree, in 0..1; None without a pair."""
    return Fraction(sum(pair.agree for pair in pairs), len(pairs)) if pairs else None


def agree(comparator: Comparator, a: Value, b: Value) -> bool:
    """Whether two values are the same answer under the comparator (cut-offs are looked at elsewhere)."""
    return compared(comparator, a, b)[0]


def compared(comparator: Comparator, a: Value, b: Value) -> tuple[bool, Fraction]:
    """Whether two values agree, and the number that says so."""
    match comparator:
        case stated.Ordinal():
            return abs(a - b) <= comparator.within, Fraction(abs(a - b))
        case stated.Number():
            return abs(a - b) <= _tolerance(comparator, a, b), Fraction(abs(a - b))
        case stated.Jaccard():
            overlap = jaccard(a, b)
            return overlap >= Fraction(comparator.at_least), overlap
        case stated.BoxIou():
            overlap = iou(a, b)
            return overlap >= Fraction(comparator.at_least), overlap
        case BoxSets():
            score = f1(a, b, comparator.iou)
            return score >= comparator.min_f1, score
    return a == b, Fraction(a == b)


def jaccard(a: frozenset[Any], b: frozenset[Any]) -> Fraction:
    """|a ∩ b| / |a ∪ b|, in 0..1; two empty sets are equal, so 1."""
    return Fraction(len(a & b), len(a | b)) if a or b else Fraction(1)


def _tolerance(number: stated.Number, a: Fraction, b: Fraction) -> Fraction:
    relative = Fraction(number.rel or 0) * abs(a + b) / 2
    return max(Fraction(number.abs or 0), relative)


def _pair(comparator: Comparator, a: FieldRead, b: FieldRead) -> PairNumber:
    if isinstance(a.value, Unanswered) or isinstance(b.value, Unanswered):
        return PairNumber(a.id, b.id, a.value is b.value, None)
    same, number = compared(comparator, a.value, b.value)
    return PairNumber(a.id, b.id, same, number)
