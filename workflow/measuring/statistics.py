"""The statistics of one field, by its kind: raw agreement and chance-corrected coefficients, never one alone."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from workflow.agreement.bland_altman import bland_altman, repeatability, within_sd
from workflow.agreement.distances import Level, jaccard
from workflow.agreement.gwet import gwet_ac1
from workflow.agreement.icc import intraclass
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.pabak import pabak
from workflow.agreement.percent import observed_agreement, specific_agreement
from workflow.agreement.results import Estimate, Interval
from workflow.agreement.summary import estimates
from workflow.agreement.tables import Table
from workflow.consensus.rules import cut_text
from workflow.measuring.columns import Column
from workflow.measuring.judging import pairs_of, protocol_agreement
from workflow.measuring.marks import marks_measured, masks_measured
from workflow.measuring.measured import Asked, Measured


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
            return masks_measured(column, asked)
        case _:
            return marks_measured(column, asked)


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
