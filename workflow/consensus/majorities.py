"""How a part of the reads settles what the others dispute, kind by kind; ties settle nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from workflow.consensus.aggregates import (
    aggregated,
    label_votes,
    majority_value,
    middle,
    voted_labels,
)
from workflow.consensus.answers import ABSENT, DRAWN_KINDS, FieldRead, Value
from workflow.consensus.comparators import agree, jaccard
from workflow.consensus.rounding import decimal_string
from workflow.consensus.rules import Rule
from workflow.protocol.comparators import Jaccard, Ordinal
from workflow.protocol.comparators import Number as NumberWithin


@dataclass(frozen=True, slots=True)
class Settled:
    """A value that enough reads stand behind, the words for it, and for a mark how many reads it is made of."""

    value: Value
    reason: str
    held: int = 0


def settled(kind: str, rule: Rule, reads: Sequence[FieldRead]) -> Settled | None:
    """What enough reads say, none of them not assessable; None when no part of them is enough."""
    values = [read.value for read in reads if read.value is not ABSENT]
    missing = len(reads) - len(values)
    needed = rule.needed(len(reads))
    if missing >= needed:
        return Settled(ABSENT, _share(missing, len(reads))) if len(values) < needed else None
    match rule.comparator:
        case Ordinal():
            return _grades(rule, rule.comparator, values, len(reads))
        case NumberWithin():
            return _measurements(rule, values, len(reads))
        case Jaccard():
            return _label_sets(rule, rule.comparator, values, len(reads))
    if kind == "multi":
        return _labels(rule, values, len(reads))
    if kind == "box" or kind in DRAWN_KINDS:
        return _around_one(kind, rule, values, len(reads))
    if kind == "boxes":
        return _largest_group(kind, rule, values, len(reads))
    return _vote(rule, reads)


def _vote(rule: Rule, reads: Sequence[FieldRead]) -> Settled | None:
    if rule.uses_weights:
        return _weighted_vote(reads)
    value = majority_value([read.value for read in reads], rule.needed(len(reads)))
    if value is None:
        return None
    return Settled(value, _share(sum(read.value == value for read in reads), len(reads)))


def _weighted_vote(reads: Sequence[FieldRead]) -> Settled | None:
    # Weights break a tie of heads; they never overturn a majority, and one read never decides.
    total = sum((read.weight for read in reads), Fraction(0))
    for value in {read.value for read in reads}:
        backers = [read for read in reads if read.value == value]
        weight = sum((read.weight for read in backers), Fraction(0))
        if 2 * weight > total and 2 * len(backers) >= len(reads) and len(backers) > 1:
            return Settled(value, f"majority share {decimal_string(weight / total, 4)}")
    return None


def _grades(rule: Rule, within: Ordinal, values: Sequence[int], total: int) -> Settled | None:
    if max(values) - min(values) > within.max_range:
        return None
    centre = middle("ordinal", rule, values)
    near = [value for value in values if agree(within, value, centre)]
    if len(near) < rule.needed(total):
        return None
    value = aggregated("ordinal", rule, values)
    return None if value is None else Settled(value, _near("median", len(near), total))


def _measurements(rule: Rule, values: Sequence[Fraction], total: int) -> Settled | None:
    ordered = sorted(values)
    # The median of an even number means something only where the middle two are one measurement.
    if not agree(rule.comparator, ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]):
        return None
    centre = middle("number", rule, values)
    near = [value for value in values if agree(rule.comparator, value, centre)]
    if len(near) < rule.needed(total):
        return None
    return Settled(aggregated("number", rule, near), _near("median", len(near), total))


def _labels(rule: Rule, values: Sequence[frozenset[str | int]], total: int) -> Settled | None:
    needed = rule.needed(total)
    for votes in label_votes(values).values():
        named, unnamed = votes >= needed, total - votes >= needed
        if named == unnamed:
            return None
    return Settled(voted_labels(values, needed), "majority of each label")


def _label_sets(
    rule: Rule, least: Jaccard, values: Sequence[frozenset[str | int]], total: int
) -> Settled | None:
    if any(2 * votes == total for votes in label_votes(values).values()):
        return None
    voted = voted_labels(values, total // 2 + 1)
    near = sum(jaccard(value, voted) >= Fraction(least.at_least) for value in values)
    return Settled(voted, _near("vote", near, total)) if near >= rule.needed(total) else None


def _around_one(kind: str, rule: Rule, values: Sequence[Value], total: int) -> Settled | None:
    """The reads that agree with the one which most agree with, as grades agree with their median.

    Overlap is not transitive: A and B may each overlap C enough but not each other. C then has the majority.
    Two different groups of the same size are a tie.
    """
    alike = {pair for pair in combinations(range(len(values)), 2) if _agree_at(rule, values, pair)}
    near = [
        (n, m) for n, m in product(range(len(values)), repeat=2) if n == m or (min(n, m), max(n, m)) in alike
    ]
    groups = {frozenset(m for k, m in near if k == n) for n in range(len(values))}
    size = max(map(len, groups))
    largest = [group for group in groups if len(group) == size]
    if size < rule.needed(total) or len(largest) > 1:
        return None
    value = aggregated(kind, rule, [values[n] for n in sorted(largest[0])])
    words = "overlap enough" if kind == "box" else "agree"
    return None if value is None else Settled(value, f"{size} of {total} {words} with one of them", size)


def _agree_at(rule: Rule, values: Sequence[Value], pair: tuple[int, int]) -> bool:
    return agree(rule.comparator, values[pair[0]], values[pair[1]])


def _largest_group(kind: str, rule: Rule, values: Sequence[Value], total: int) -> Settled | None:
    for size in range(len(values), rule.needed(total) - 1, -1):
        groups = [group for group in combinations(values, size) if _all_agree(rule, group)]
        if len(groups) > 1:
            return None
        if groups:
            value = aggregated(kind, rule, groups[0])
            return Settled(value, f"{size} of {total} agree pairwise")
    return None


def _all_agree(rule: Rule, values: Sequence[Value]) -> bool:
    return all(agree(rule.comparator, a, b) for a, b in combinations(values, 2))


def _share(votes: int, total: int) -> str:
    return f"majority share {decimal_string(Fraction(votes, total), 4)}"


def _near(centre: str, near: int, total: int) -> str:
    return f"{near} of {total} within tolerance of the {centre}"
