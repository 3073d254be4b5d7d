"""What a wave wants of each stratum: a target to reach, and a quota at which no further case begins. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST_STRATA: Final = 100
LARGEST: Final = 1_000_000
LONGEST: Final = 60
Value = str | int | bool
Faults = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Stratum:
    """The cases whose strata say `where` (all, if it says nothing): how many are wanted, and how many may begin."""

    where: Mapping[str, Value]
    target: int
    quota: int | None = None

    def has(self, strata: Mapping[str, Any]) -> bool:
        """Whether a case with these strata belongs to it."""
        return all(
            name in strata and type(strata[name]) is type(value) and strata[name] == value
            for name, value in self.where.items()
        )

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return {"where": dict(self.where), "target": self.target, "quota": self.quota}

    @property
    def name(self) -> str:
        """In words: "malignancy yes, site north"."""
        return ", ".join(f"{key} {_told(value)}" for key, value in sorted(self.where.items())) or "all cases"


def stored(document: Sequence[Mapping[str, Any]]) -> tuple[Stratum, ...]:
    """The strata of a wave as they are stored."""
    return tuple(Stratum(one["where"], one["target"], one.get("quota")) for one in document)


def checked(given: Sequence[Mapping[str, Any]]) -> tuple[tuple[Stratum, ...], Faults]:
    """Strata as somebody gave them, and what is wrong with them, each with its place."""
    faults: Faults = []
    if not 1 <= len(given) <= MOST_STRATA:
        return (), [_fault("/strata", "bad_number", f"A wave has 1 to {MOST_STRATA} strata.")]
    for n, one in enumerate(given):
        faults += [_fault(f"/strata/{n}{path}", code, said) for path, code, said in _wrong(one)]
    wheres = [tuple(sorted(map(repr, one["where"].items()))) for one in given if not faults]
    if len(set(wheres)) < len(wheres):
        faults.append(_fault("/strata", "twice", "Two strata say the same."))
    return (() if faults else stored(given)), faults


def _wrong(one: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    where, target, quota = one.get("where", {}), one.get("target"), one.get("quota")
    if not isinstance(where, Mapping) or not all(map(_is_condition, where.items())):
        found.append(
            ("/where", "bad_where", "A stratum names values: short texts, whole numbers, yes or no.")
        )
    if not _is_count(target):
        found.append(("/target", "bad_target", f"A target is a whole number from 0 to {LARGEST}."))
    elif quota is not None and not (_is_count(quota) and quota >= target):
        found.append(("/quota", "bad_quota", f"A quota is a whole number from the target to {LARGEST}."))
    return found


def _is_condition(pair: tuple[Any, Any]) -> bool:
    name, value = pair
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST or not name.isprintable():
        return False
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= 200 and value.isprintable())


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _fault(path: str, code: str, message: str) -> dict[str, str]:
    return {"path": path, "code": code, "message": message}


def _told(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
