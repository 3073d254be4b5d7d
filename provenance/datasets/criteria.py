"""By what a dataset takes labels in: splits, outcomes, guideline versions, strata. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workflow.models import Case, ReferenceLabel
from workflow.reasons import fault

SCHEMA: Final = "consilium/dataset-criteria/v1"
MOST: Final = 50  # names or values of one criterion
LONGEST: Final = 200  # characters
Faults = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a label must be to be taken in; what is empty asks for nothing.

    `where`: for each stratum named, the values of which a case has one, as texts (`yes` is `true`).
    """

    splits: tuple[str, ...] = ()
    statuses: tuple[str, ...] = (ReferenceLabel.Status.DETERMINED.value,)
    guidelines: tuple[int, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def document(self) -> dict[str, Any]:
        """As it is stored, and as the log's content has it."""
        return {
            "schema": SCHEMA,
            "splits": list(self.splits),
            "statuses": list(self.statuses),
            "guidelines": list(self.guidelines),
            "where": [{"stratum": name, "values": list(values)} for name, values in self.where],
        }

    @property
    def sentences(self) -> list[str]:
        """In words, one criterion each."""
        said = [f"splits: {', '.join(self.splits) or 'all'}", f"outcome: {' or '.join(self.statuses)}"]
        if self.guidelines:
            said.append(f"guideline version: {', '.join(map(str, self.guidelines))}")
        return [*said, *(f"{name}: {' or '.join(values)}" for name, values in self.where)]


def stored(document: Mapping[str, Any]) -> Criteria:
    """Criteria as a dataset keeps them."""
    where = tuple((one["stratum"], tuple(one["values"])) for one in document["where"])
    return Criteria(
        tuple(document["splits"]), tuple(document["statuses"]), tuple(document["guidelines"]), where
    )


def checked(
    *,
    splits: Sequence[str] = (),
    statuses: Sequence[str] = (),
    guidelines: Sequence[int] = (),
    where: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Criteria, Faults]:
    """Criteria as somebody gave them, in one order and each once, and what is wrong with them with its place."""
    faults = [
        *_unknown("/splits", splits, Case.Split.values),
        *_unknown("/statuses", statuses, ReferenceLabel.Status.values),
    ]
    if not statuses:
        faults.append(fault("/statuses", "missing", "Take in determined labels, equivocal ones, or both."))
    if len(guidelines) > MOST or any(number < 1 for number in guidelines):
        faults.append(fault("/guidelines", "bad_version", "A guideline version is a number from 1."))
    faults += [_wrong(name, values) for name, values in (where or {}).items() if not _is_fit(name, values)]
    if len(where or {}) > MOST:
        faults.append(fault("/where", "too_many", f"At most {MOST} strata can be asked for."))
    order = tuple(sorted((name, tuple(sorted(set(values)))) for name, values in (where or {}).items()))
    in_order = tuple(split for split in Case.Split.values if split in splits)
    return Criteria(in_order, tuple(sorted(set(statuses))), tuple(sorted(set(guidelines))), order), faults


def _unknown(path: str, given: Sequence[str], known: Sequence[str]) -> Faults:
    if all(one in known for one in given):
        return []
    return [fault(path, "unknown", f"Choose among {', '.join(known)}.")]


def _is_fit(name: str, values: Sequence[str]) -> bool:
    texts = [name, *values]
    return 1 <= len(values) <= MOST and all(
        text.isprintable() and 1 <= len(text) <= LONGEST for text in texts
    )


def _wrong(name: str, values: Sequence[str]) -> dict[str, str]:
    said = f"A stratum has a name and 1 to {MOST} values, each a short text."
    return fault("/where", "bad_stratum", said)
