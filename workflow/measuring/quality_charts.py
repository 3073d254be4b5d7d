"""The charts of a project's quality, from its document."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from workflow.charts import Chart, Curve

Document = Mapping[str, Any]


def trend(document: Document) -> Chart:
    """The share of equal answers by week, one curve for each field."""
    weeks = sorted({one["week"] for field in document["fields"] for one in field["weeks"]})
    curves = []
    for place, field in enumerate(document["fields"]):
        given = {one["week"]: one["alike"] / one["pairs"] for one in field["weeks"]}
        curves.append(
            Curve(field["label"], tuple(_rounded(given.get(week)) for week in weeks), "line", place)
        )
    said = f"{len(weeks)} week{'' if len(weeks) == 1 else 's'} in which cases were read twice"
    says = f"{said}; of pairs of reads, chance included."
    return Chart("trend", "Equal answers by week", says, "Week from", "%", tuple(weeks), tuple(curves))


def histogram(document: Document) -> Chart:
    """How many cases agree on which part of their fields."""
    bins = document["alike"]
    labels = tuple(
        "all" if one["low"] >= 1 else f"{100 * one['low']:.0f}–{100 * one['high']:.0f} %" for one in bins
    )
    whole = bins[-1]["n"]
    says = f"In {whole} of {document['cases']} cases that were read twice, every answer is equal."
    curve = Curve("cases", tuple(float(one["n"]) for one in bins), "bars")
    return Chart(
        "histogram", "Cases by equal answers", says, "Share of equal answers", "cases", labels, (curve,)
    )


def returns(document: Document) -> Chart:
    """The share of reviews that sent the read back, by week, with the limits of chance."""
    found = document["returns"]
    weeks = found["weeks"]
    curves = (
        Curve("returned", tuple(_rounded(one["returned"] / one["reviews"]) for one in weeks), "line", 0),
        Curve("mean", tuple(_rounded(found["mean"]) for _ in weeks), "dashed"),
        Curve("lower limit", tuple(_rounded(one["low"]) for one in weeks), "limit"),
        Curve("upper limit", tuple(_rounded(one["high"]) for one in weeks), "limit"),
    )
    outside = [one["week"] for one in weeks if one["outside"]]
    says = (
        f"Beyond the limits: the week{'' if len(outside) == 1 else 's'} from {', '.join(outside)}."
        if outside
        else "No week lies beyond the limits."
    )
    return Chart(
        "returns",
        "Reads sent back by review",
        says,
        "Week from",
        "%",
        tuple(one["week"] for one in weeks),
        curves,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


QUALITY_CHARTS: Final[Mapping[str, Callable[[Document], Chart]]] = {
    "trend": trend,
    "histogram": histogram,
    "returns": returns,
}
