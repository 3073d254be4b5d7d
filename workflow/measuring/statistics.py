"""The statistics of one field, by its kind: raw agreement and chance-corrected coefficients, never one alone."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any, Literal

from workflow.agreement.bland_altman import bland_altman, repeatability, within_sd
from workflow.agreement.distances import Level, jaccard
from workflow.agreement.gwet import gwet_ac1
from workflow.agreement.icc import intraclass
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.overlaps import BandOverlap, MaskCase, overlaps, size_of
from workflow.agreement.pabak import pabak
from workflow.agreement.percent import observed_agreement, specific_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate, Interval
from workflow.agreement.summary import estimates
from workflow.agreement.tables import Table
from workflow.consensus.rules import Rule, cut_text
from workflow.measuring.columns import Column
from workflow.measuring.judging import Pairs, mean_number, pairs_of, protocol_agreement
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


def measured(column: Column, asked: Asked) -> Measured:
    """The statistics of a column by the kind of its field."""
    asked = replace(asked, how=replace(asked.how, patients=column.patients))
    match column.kind:
        case "nominal" | "boolean":
            return _classes(column, asked)
        case "ordinal":
            return _grades(column, asked)
        case "number":
            return _measurements(column, asked)
        case "multi":
            return _sets(column, asked)
        case "mask":
            return _masks(column, asked)
        case _:
            return _marks(column, asked)


def _classes(column: Column, asked: Asked) -> Measured:
    table = column.table(_same, asked.categories)
    return _of_table(table, column, "nominal", None, asked, *specific_agreement(table, asked.how))


def _grades(column: Column, asked: Asked) -> Measured:
    table = column.table(_same, asked.categories)
    tolerated = protocol_agreement(pairs_of(column, asked.rule), table.missing, asked.how)
    found = _of_table(table, column, "ordinal", "quadratic", asked, tolerated)
    return replace(found, parts=tuple(_at_cutoffs(column, asked)))


def _at_cutoffs(column: Column, asked: Asked) -> Iterator[tuple[str, Measured]]:
    for cut in asked.rule.cutoffs:
        table = column.table(_at_least(Fraction(cut)), (False, True))
        specific = specific_agreement(table, asked.how)
        yield f"at least {cut_text(cut)}", _of_table(table, column, "nominal", None, asked, *specific)


def _measurements(column: Column, asked: Asked) -> Measured:
    numbers = column.numbers()
    table = Table.of(numbers)
    tolerated = protocol_agreement(pairs_of(column, asked.rule), table.missing, asked.how)
    icc = intraclass(numbers)
    forms = ("ICC(2,1)", "ICC(2,k)") if column.fixed else ("ICC(1,1)", "ICC(1,k)")
    alpha = krippendorff_alpha(table, "interval", asked.how)
    found = (tolerated, alpha, *(icc.form(name) for name in forms))
    return Measured(found, (), table.missing, tolerated.n, notes=_spread(column, numbers))


def _spread(column: Column, numbers: list[list[float | None]]) -> dict[str, Any]:
    """How far two readers' measurements lie apart: by Bland and Altman for two readers, else within cases."""
    given = [[value for value in row if value is not None] for row in numbers]
    spread = {"within_case_sd": within_sd(given), "two_reads_differ_by_less_than": repeatability(given)}
    both = [(row[0], row[1]) for row in numbers if len(row) == 2 and None not in row]
    if not column.fixed or len(both) < 2:
        return spread
    limits = bland_altman([a for a, _ in both], [b for _, b in both])
    return spread | {
        "bias": limits.bias,
        "bias_ci95": _ends(limits.bias_interval),
        "limits_of_agreement": [limits.lower, limits.upper],
        "lower_limit_ci95": _ends(limits.lower_interval),
        "upper_limit_ci95": _ends(limits.upper_interval),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _sets(column: Column, asked: Asked) -> Measured:
    table = column.table(_same)
    tolerated = protocol_agreement(pairs_of(column, asked.rule), table.missing, asked.how)
    found = (
        observed_agreement(table, asked.how),
        tolerated,
        krippendorff_alpha(table, jaccard, asked.how),
    )
    labels = ((str(label), _label(column, label, asked)) for label in asked.categories)
    return Measured(found, (), table.missing, tolerated.n, tuple(labels))


def _label(column: Column, label: Hashable, asked: Asked) -> Measured:
    table = column.table(lambda chosen: label in chosen, (False, True))
    return _of_table(table, column, "nominal", None, asked, *specific_agreement(table, asked.how))


def _masks(column: Column, asked: Asked) -> Measured:
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


def _marks(column: Column, asked: Asked) -> Measured:
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


def _of_table(
    table: Table, column: Column, level: Level, weighting: str | None, asked: Asked, *more: Estimate
) -> Measured:
    found = estimates(table, level, weighting, asked.how)
    # Cohen's kappa names two readers; columns of changing readers are none.
    kept = [one for one in found if column.fixed or one.statistic != "cohen_kappa"]
    if weighting:
        kept = [_weighted(one) for one in kept] + [gwet_ac1(table, asked.how)]
    else:
        kept.append(pabak(table, how=asked.how))
    total = sum(count for _, count in table.marginals)
    prevalence = tuple((value, count / total) for value, count in table.marginals) if total else ()
    return Measured((*kept, *more), prevalence, table.missing, kept[0].n)


def _weighted(one: Estimate) -> Estimate:
    """A kappa under the name that says it is weighted (quadratic weights)."""
    return replace(one, statistic=f"weighted_{one.statistic}") if "kappa" in one.statistic else one


def _same(value: Any) -> Hashable:
    made: Hashable = value
    return made


def _at_least(cut: Fraction) -> Callable[[Any], Hashable]:
    return lambda value: bool(value >= cut)
