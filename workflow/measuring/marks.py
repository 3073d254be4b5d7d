"""The statistics of what is drawn: how far readers' marks cover each other or lie apart, also by size."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median
from typing import Literal

from workflow.agreement.overlaps import BandOverlap, MaskCase, overlaps, size_of
from workflow.agreement.results import Estimate
from workflow.measuring.columns import Column
from workflow.measuring.judging import Pairs, mean_number, pairs_of, protocol_agreement
from workflow.measuring.measured import Asked, Measured
from workflow.protocol.drawn import Mask

NUMBER_OF = {
    "box_iou": "mean_iou",
    "iou": "mean_iou",
    "span_iou": "mean_iou",
    "dice": "mean_dice",
    "distance": "mean_distance",
    "length": "mean_length_difference",
}
BANDS = ("smallest third", "middle third", "largest third")


def masks_measured(column: Column, asked: Asked) -> Measured:
    """Masks by Dice, IoU, HD95 and NSD, of all cases and by thirds of size, in the protocol's unit and tolerance."""
    stated = asked.rule.comparator
    mask = stated if isinstance(stated, Mask) else Mask()
    unit: Literal["mm", "px"] = "mm" if mask.unit == "mm" else "px"
    rows = [tuple(value for value in row if value is not None) for row in column.rows]
    cases = [MaskCase(patient, row) for patient, row in zip(column.patients, rows, strict=True)]
    sizes = sorted(median(size_of(one) for one in row) for row in rows if len(row) > 1)
    limits = [sizes[len(sizes) * k // len(BANDS)] for k in range(1, len(BANDS))] if len(sizes) >= 6 else []
    whole, *bands = overlaps(
        cases, tolerance=mask.tolerance or Decimal(1), unit=unit, limits=limits, how=asked.how
    )
    missing = sum(value is None for row in column.rows for value in row)
    tolerated = protocol_agreement(pairs_of(column, asked.rule), missing, asked.how)
    parts = tuple(
        (name, Measured(_overlap_of(one), (), 0, one.cases)) for name, one in zip(BANDS, bands, strict=False)
    )
    return Measured((tolerated, *_overlap_of(whole)), (), missing, tolerated.n, parts)


def _overlap_of(band: BandOverlap) -> tuple[Estimate, ...]:
    found = (band.dice, band.iou, band.hd95, band.nsd)
    return tuple(replace(one, statistic=f"mean_{one.statistic}") for one in found)


def marks_measured(column: Column, asked: Asked) -> Measured:
    """Marks by the protocol's own number, an overlap or a distance, of all cases and by thirds of size."""
    pairs = pairs_of(column, asked.rule)
    missing = sum(value is None for row in column.rows for value in row)
    found = tuple(_of_pairs(pairs, missing, asked))
    return Measured(found, (), missing, found[0].n, tuple(_by_size(pairs, missing, asked)))


def _of_pairs(pairs: Pairs, missing: int, asked: Asked) -> Iterator[Estimate]:
    how, comparator = asked.how, next(iter(asked.rule.comparator.document()))
    name = NUMBER_OF.get(comparator, "share_alike")
    yield protocol_agreement(pairs, missing, how)
    yield mean_number(name, pairs, [like.number for like in pairs.likenesses], missing, how)
    for name in dict.fromkeys(name for like in pairs.likenesses for name, _ in like.measures):
        values = [dict(like.measures).get(name) for like in pairs.likenesses]
        yield mean_number(f"mean_{name}", pairs, values, missing, how)


def _by_size(pairs: Pairs, missing: int, asked: Asked) -> Iterator[tuple[str, Measured]]:
    """The same by thirds of the mean size of both marks: an overlap depends on it (Reinke 2024)."""
    if len(pairs.sizes) < 2 * len(BANDS) or not any(pairs.sizes):
        return
    ordered = sorted(pairs.sizes)
    bounds = [ordered[len(ordered) * k // len(BANDS)] for k in range(1, len(BANDS))]
    for number, band in enumerate(BANDS):
        inside = [sum(size >= bound for bound in bounds) == number for size in pairs.sizes]
        part = _picked(pairs, inside)
        found = tuple(_of_pairs(part, missing, asked))
        yield band, Measured(found, (), missing, found[0].n)


def _picked(pairs: Pairs, inside: Sequence[bool]) -> Pairs:
    kept = [n for n, one in enumerate(inside) if one]
    return Pairs(
        pairs.cases,
        tuple(pairs.places[n] for n in kept),
        tuple(pairs.likenesses[n] for n in kept),
        tuple(pairs.sizes[n] for n in kept),
    )
