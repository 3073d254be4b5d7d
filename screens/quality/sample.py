"""The sample of agreed cases in words: what a senior read otherwise, and the bound on the shared error."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bound:
    """One way of counting: its heading, the sentence, and the strata."""

    heading: str
    sentence: str
    strata: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Both ways of counting, and how many drawn cases still wait."""

    waiting: int
    bounds: list[Bound]


def sample_of(found: dict[str, Any] | None) -> Sample | None:
    """The sample in words; None where it was not measured."""
    if found is None:
        return None
    headings = (
        ("by_blind_read", "By what the senior read before anything was shown"),
        ("by_decision", "By what the senior decided after seeing the reads"),
    )
    return Sample(found["waiting"], [Bound(h, _sentence(found[k]), found[k]["strata"]) for k, h in headings])


def _sentence(error: dict[str, Any]) -> str:
    if error["upper"] is None:
        return str(error["reason"])
    read = sum(one["sampled"] for one in error["strata"])
    otherwise = sum(one["overturned"] for one in error["strata"])
    cases = "agreed case" if read == 1 else "agreed cases"
    return (
        f"Of {read} {cases} read, {otherwise} turned out otherwise. With 95 % confidence readers agree "
        f"on another answer than the senior’s in at most {100 * error['upper']:.1f} % of all agreed cases."
    )
