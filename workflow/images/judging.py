"""What the quality gate says of a case's images: each series by the project's rules, and text in the pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imaging.gate.rules import Rules, judge
from workflow.models import Instance, Series

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
    told = [{"facts": i.facts, "measures": i.measures, "frames": len(i.frames)} for i in instances]
    for found in judge(told, rules):
        yield Finding(series, found.code, found.sentence, {**found.measured, "instances": len(found.where)})
    suspected = [i for i in instances if i.burned_in.get("suspected") or i.burned_in.get("declared") == "YES"]
    if suspected:
        yield Finding(series, BURNED_IN, _BURNED_IN, {"instances": len(suspected)})
