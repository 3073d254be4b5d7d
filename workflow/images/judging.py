"""What the quality gate says of a case's images: each series by the project's rules, and text in the pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imaging.gate.rules import Rules, judge
from workflow.models import ImportFile, Instance, Series

BURNED_IN = "burned_in_text"
_BURNED_IN = "There may be text in the pixels. Look at the images: release them only if they name nobody."


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a case waits: of which series, by which rule, with what was measured."""

    series: Series | None
    code: str
    sentence: str
    measured: dict[str, Any]


def judged(series: Sequence[Series], rules: Rules) -> list[Finding]:
    """What the gate finds in these series; nothing if they may be read."""
    return [one for each in series for one in _of_series(each, rules)]


def _of_series(series: Series, rules: Rules) -> Iterator[Finding]:
    instances = list(Instance.objects.filter(series=series).order_by("uid"))
    told: list[dict[str, Any]] = [
        {"facts": i.facts, "measures": i.measures, "frames": len(i.frames)} for i in instances
    ]
    told += [{"refused": code} for code in _lacking(series)]
    for found in judge(told, rules):
        yield Finding(series, found.code, found.sentence, {**found.measured, "instances": len(found.where)})
    suspected = [i for i in instances if i.burned_in.get("suspected") or i.burned_in.get("declared") == "YES"]
    if suspected:
        yield Finding(series, BURNED_IN, _BURNED_IN, {"instances": len(suspected)})


def _lacking(series: Series) -> list[str]:
    """Why files of a series were refused that never came otherwise: what is cut off or closed in them is missing."""
    refused = ImportFile.objects.filter(
        batch=series.batch_id, series_uid=series.uid, state=ImportFile.State.REFUSED
    )
    return list(refused.order_by("number", "member").values_list("code", flat=True))
