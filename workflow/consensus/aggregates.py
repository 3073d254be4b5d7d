"""The value that stands for several answers which agree; None where they tie."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from workflow.consensus.answers import DRAWN_KINDS, Value
from workflow.consensus.boxes import Box, fused, iou
from workflow.consensus.comparators import BoxSets
from workflow.consensus.drawn import drawn_from
from workflow.consensus.fusing import fused_mark
from workflow.consensus.matching import joined
from workflow.consensus.rules import Rule
from workflow.consensus.spacing import Scale

Labels = frozenset[Any]


def aggregated(kind: str, rule: Rule, values: Sequence[Value]) -> Value | None:
    """The aggregate of at least one present value under the rule; None on a tie, or for aggregate none."""
    if rule.aggregate == "none":
        return None
    if kind == "multi":
        return voted_labels(values, len(values) // 2 + 1)
    if kind == "box":
        return fused(values, whole=rule.whole)
    if kind == "boxes":
        return fused_sets(rule, values)
    if kind in DRAWN_KINDS:
        mark = fused_mark(kind, rule.aggregate, values)
        return None if mark is None else drawn_from(mark, Scale())
    if rule.aggregate == "majority":
        return majority_value(values, len(values) // 2 + 1)
    return mean(values) if rule.aggregate == "mean" else middle(kind, rule, values)


def majority_value(values: Sequence[Value], needed: int) -> Value | None:
    """The only value given at least `needed` times, else None: a tie has no winner."""
    found = [value for value, count in Counter(values).items() if count >= needed]
    return found[0] if len(found) == 1 else None


def middle(kind: str, rule: Rule, values: Sequence[Value]) -> Value:
    """The median: of grades the declared low or high one, of measurements the mean of the middle two."""
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    if kind == "number":
        return mean([low, high])
    return high if rule.median == "high" else low


def mean(values: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean, exactly."""
    return Fraction(sum(values), len(values))


def label_votes(values: Sequence[Labels]) -> dict[Any, int]:
    """How many reads name each label, over the labels that any of them names."""
    return dict(Counter(label for value in values for label in value))


def voted_labels(values: Sequence[Labels], needed: int) -> Labels:
    """The labels that at least `needed` reads name; the others are dropped, and must be listed."""
    return frozenset(label for label, votes in label_votes(values).items() if votes >= needed)


def fused_sets(rule: Rule, values: Sequence[Sequence[Box]]) -> tuple[Box, ...]:
    """The fused boxes that a strict majority of the sets holds, in geometric order."""
    assert isinstance(rule.comparator, BoxSets)
    groups = joined(values, rule.comparator.iou)
    held = [[values[read][mark] for read, mark in group] for group in groups if 2 * len(group) > len(values)]
    return tuple(sorted(fused(boxes, whole=rule.whole) for boxes in held))


def holders(rule: Rule, box: Box, values: Sequence[Sequence[Box]]) -> int:
    """How many of the sets hold a box that overlaps a fused one enough."""
    assert isinstance(rule.comparator, BoxSets)
    return sum(any(iou(box, other) >= rule.comparator.iou for other in value) for value in values)
