"""The agreement of a project as rows of a page: what people look at first, and all of it below."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .intervals import Interval, interval_of

NAMES: Final = {
    "percent_agreement": "Raw agreement",
    "protocol_agreement": "Agree under the protocol",
    "krippendorff_alpha": "Krippendorff’s α",
    "fleiss_kappa": "Fleiss’ κ",
    "weighted_fleiss_kappa": "Fleiss’ κ, quadratic weights",
    "cohen_kappa": "Cohen’s κ",
    "weighted_cohen_kappa": "Cohen’s κ, quadratic weights",
    "gwet_ac1": "Gwet’s AC1",
    "gwet_ac2": "Gwet’s AC2, quadratic weights",
    "pabak": "PABAK",
    "f1": "F1 of presence",
    "mean_iou": "Mean overlap (IoU)",
    "mean_dice": "Mean overlap (Dice)",
    "mean_distance": "Mean distance",
    "mean_length_difference": "Mean difference of length",
    "mean_hd95": "Mean HD95",
    "mean_nsd": "Mean NSD",
}
SHORT: Final = {
    "percent_agreement": "",
    "protocol_agreement": "under the protocol",
    "f1": "F1",
    "krippendorff_alpha": "α",
    "fleiss_kappa": "Fleiss’ κ",
    "weighted_fleiss_kappa": "Fleiss’ κ",
    "cohen_kappa": "Cohen’s κ",
    "weighted_cohen_kappa": "Cohen’s κ",
    "gwet_ac1": "AC1",
    "gwet_ac2": "AC2",
    "mean_iou": "mean IoU",
    "mean_dice": "mean Dice",
    "mean_distance": "mean distance",
    "mean_length_difference": "mean difference",
    "mean_hd95": "mean HD95",
    "mean_nsd": "mean NSD",
}
RAW: Final = ("percent_agreement", "protocol_agreement", "f1")
FIRST: Final = (
    "krippendorff_alpha",
    "mean_iou",
    "mean_dice",
    "mean_distance",
    "mean_length_difference",
    "f1",
)
SECOND: Final = ("gwet_ac2", "gwet_ac1", "ICC(2,1)", "ICC(1,1)", "mean_hd95", "mean_nsd")


@dataclass(frozen=True, slots=True)
class Number:
    """One statistic in words, with its interval as a picture."""

    name: str
    short: str
    value: str
    between: str
    n: int
    reason: str
    how: str
    picture: Interval | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one cut-off, label or band of sizes."""

    name: str
    numbers: list[Number]


@dataclass(frozen=True, slots=True)
class Row:
    """One field: the three numbers to look at together, the bound that the protocol fixed, and everything else."""

    path: str
    label: str
    kind: str
    n: int
    missing: int
    not_assessable: int
    raw: Number | None
    first: Number | None
    second: Number | None
    primary: dict[str, Any] | None
    numbers: list[Number]
    prevalence: list[tuple[str, str]]
    parts: list[Part] = field(default_factory=list)
    spread: list[tuple[str, str]] = field(default_factory=list)


def rows_of(document: dict[str, Any]) -> list[Row]:
    """Every field of the case, then each finding type with its place and its fields."""
    return [*map(_row, document["fields"]), *(row for one in document["findings"] for row in _finding(one))]


def _finding(one: dict[str, Any]) -> Iterator[Row]:
    held = ", ".join(f"{each['findings']} by {each['reads']}" for each in one["held_by"])
    found = {
        **one, "path": one["type"], "kind": "findings", "n": one["findings"], "missing": 0, "not_assessable": 0,
        "prevalence": [], "parts": [], "spread": {"marked by so many reads": held} if held else None,
    }  # fmt: skip
    yield _row(found)
    for part in (one["place"], *one["fields"]):
        yield _row({**part, "label": f"{one['label']}: {part['label'].removeprefix(one['label'] + ': ')}"})


def _row(one: dict[str, Any]) -> Row:
    given = {each["statistic"]: each for each in one["statistics"]}
    primary = one["primary"]
    fixed = primary["statistic"] if primary else None
    bound = primary["bound"] if primary else None
    first = next((name for name in (fixed, *FIRST) if name in given), None)
    second = next((name for name in SECOND if name in given and name != first), None)
    raw = next((name for name in RAW if name in given and name != first), None)
    return Row(
        path=one["path"],
        label=one["label"],
        kind=one["kind"],
        n=one["n"],
        missing=one["missing"],
        not_assessable=one["not_assessable"],
        raw=number(given[raw]) if raw else None,
        first=number(given[first], bound) if first else None,
        second=number(given[second]) if second else None,
        primary=primary,
        numbers=[number(each) for each in one["statistics"]],
        prevalence=[(_said(each["value"]), percent(each["share"])) for each in one["prevalence"]],
        parts=[Part(part["part"], [number(each) for each in part["statistics"]]) for part in one["parts"]],
        spread=list(_spread(one["spread"] or {})),
    )


def number(statistic: dict[str, Any], bound: str | None = None) -> Number:
    """A statistic in words: shares as per cent, coefficients with two decimals."""
    name, value, ends = statistic["statistic"], statistic["value"], statistic["ci95"]
    is_share = name in RAW or name.startswith("specific agreement")
    told = percent if is_share else _decimal
    return Number(
        name=NAMES.get(name, name[:1].upper() + name[1:].replace("_", " ")),
        short=SHORT.get(name, name),
        value="undefined" if value is None else told(value),
        between="" if ends is None else f"{told(ends[0])} to {told(ends[1])}",
        n=statistic["n"],
        reason=statistic["reason"] or "",
        how=statistic["interval"] or "",
        picture=interval_of(statistic, bound),
    )


def _spread(spread: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in spread.items():
        if value is not None:
            ends = [_decimal(one) for one in value] if isinstance(value, list) else []
            said = value if isinstance(value, str) else " to ".join(ends) or _decimal(value)
            yield name.replace("_", " ").replace("ci95", "95 % CI"), said


def percent(share: float) -> str:
    """A share in per cent, with one decimal."""
    return f"{100 * share:.1f} %".replace("100.0 %", "100 %")


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _said(value: Any) -> str:
    return {True: "Yes", False: "No"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def left_out_words(left_out: Mapping[str, int]) -> str:
    """What was not counted, and how much of it: "2 corrections, 1 excluded cases"."""
    return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in left_out.items() if n)
