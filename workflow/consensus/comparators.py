"""Whether two answers to one field agree, and by which number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from operator import attrgetter
from typing import Any

from workflow.consensus import areas, lines
from workflow.consensus.answers import FieldRead, Unanswered, Value
from workflow.consensus.boxes import iou
from workflow.consensus.likeness import Likeness
from workflow.consensus.matching import f1
from workflow.protocol import comparators as stated
from workflow.protocol import drawn


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
    """How two reads compare: the number is a difference, an overlap, or 1 | 0 for equal | not.

    `missing` says why two answers could not be measured; `measures` holds further numbers by name.
    """

    a: str
    b: str
    agree: bool
    number: Fraction | None
    measures: tuple[tuple[str, Fraction | None], ...] = ()
    missing: str = ""


def pair_numbers(comparator: Comparator, reads: Sequence[FieldRead]) -> tuple[PairNumber, ...]:
    """Every pair of reads compared, in the order of their ids; no number where an answer is missing."""
    ordered = sorted(reads, key=attrgetter("id"))
    return tuple(_pair(comparator, a, b) for a, b in combinations(ordered, 2))


def agreement(pairs: Sequence[PairNumber]) -> Fraction | None:
    """The share of pairs that agree, in 0..1; None without a pair."""
    return _share(sum(pair.agree for pair in pairs), len(pairs)) if pairs else None


def agree(comparator: Comparator, a: Value, b: Value) -> bool:
    """Whether two values are the same answer under the comparator (cut-offs are looked at elsewhere)."""
    return compared(comparator, a, b).agree


def compared(comparator: Comparator, a: Value, b: Value) -> Likeness:
    """Whether two values agree, and the numbers that say so."""
    match comparator:
        case drawn.Distance():
            return lines.points_alike(comparator, a, b)
        case drawn.Length():
            return lines.lengths_alike(comparator, a, b)
        case drawn.Iou() | drawn.Dice():
            return areas.outlines_alike(comparator, a, b)
        case drawn.Mask():
            return areas.masks_alike(comparator, a, b)
        case drawn.SpanIou():
            return areas.spans_alike(comparator, a, b)
    return Likeness(*_plainly_compared(comparator, a, b))


def gain(comparator: Comparator, a: Value, b: Value) -> Fraction | None:
    """How well two marks match as one finding, above 0 to 1; None where they cannot be one."""
    match comparator:
        case drawn.Distance() | drawn.Length():
            return lines.nearness(comparator, a, b)
        case stated.Equal():
            return Fraction(1) if a == b else None
        case stated.BoxIou():
            likeness = iou(a, b)
        case drawn.Iou():
            likeness = areas.iou(a, b)
        case drawn.SpanIou():
            likeness = areas.span_iou(a, b)
        case _:
            likeness = areas.dice(a, b)
    bound = getattr(comparator, "match_at", None)
    return likeness if bound is not None and likeness >= Fraction(bound) else None


def _plainly_compared(comparator: Comparator, a: Value, b: Value) -> tuple[bool, Fraction]:
    match comparator:
        case stated.Ordinal():
            return abs(a - b) <= comparator.within, _share(abs(a - b))
        case stated.Number():
            return abs(a - b) <= _tolerance(comparator, a, b), Fraction(abs(a - b))
        case stated.Jaccard():
            overlap = jaccard(a, b)
            return overlap >= _bound(comparator.at_least), overlap
        case stated.BoxIou():
            overlap = iou(a, b)
            return overlap >= _bound(comparator.at_least), overlap
        case BoxSets():
            score = f1(a, b, comparator.iou)
            return score >= comparator.min_f1, score
    return a == b, _share(int(a == b))


def jaccard(a: frozenset[Any], b: frozenset[Any]) -> Fraction:
    """|a ∩ b| / |a ∪ b|, in 0..1; two empty sets are equal, so 1."""
    return Fraction(len(a & b), len(a | b)) if a or b else Fraction(1)


@lru_cache(maxsize=1024)
def _share(part: int | Decimal, of: int = 1) -> Fraction:
    # The same few occur in every case, and making one takes as long as comparing two reads.
    return Fraction(part) / of


def _tolerance(number: stated.Number, a: Fraction, b: Fraction) -> Fraction:
    fixed = max(_bound(number.abs), _bound(number.repeatability))
    return fixed if number.rel is None else max(fixed, _bound(number.rel) * abs(a + b) / 2)


@lru_cache(maxsize=1024)
def _bound(stated_: Decimal | None) -> Fraction:
    return Fraction(stated_ or 0)


def _pair(comparator: Comparator, a: FieldRead, b: FieldRead) -> PairNumber:
    if isinstance(a.value, Unanswered) or isinstance(b.value, Unanswered):
        return PairNumber(a.id, b.id, a.value is b.value, None)
    like = compared(comparator, a.value, b.value)
    return PairNumber(a.id, b.id, like.agree, like.number, like.measures, like.missing)
