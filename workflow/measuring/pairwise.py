"""Two reads beside each other, field by field: how often readers say the same, what they mix up, and in which cases."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from typing import Any, Final
from zoneinfo import ZoneInfo

from workflow.consensus.answers import Unanswered, decoded

from .findings import answer_of
from .study import FirstRead, StudiedCase
from .weeks import week_of

CATEGORIES: Final = ("nominal", "boolean", "ordinal")
COMPARED: Final = (*CATEGORIES, "multi")  # kinds of fields whose answers are the same or not
MOST_CASES: Final = 200  # that are named of each cell
BINS: Final = 10  # of the histogram, and one more for all of it


@dataclass
class Cell:
    """How many pairs of reads, and the newest of their cases."""

    n: int = 0
    cases: list[str] = field(default_factory=list)

    def add(self, case: str) -> None:
        """Count a pair of reads of a case."""
        self.n += 1
        if case not in self.cases[-1:]:
            self.cases = [*self.cases, case][-MOST_CASES:]


@dataclass
class Compared:
    """One field over all pairs of reads. `weeks` and `readers`: (alike, all); `mixed`: by two different answers."""

    weeks: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    readers: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    mixed: dict[tuple[Any, Any], Cell] = field(default_factory=lambda: defaultdict(Cell))
    same: Counter[Any] = field(default_factory=Counter)


def compared_fields(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fields of a label schema whose answers are the same or not."""
    return [one for one in schema["fields"] if one["kind"] in COMPARED]


def compare(
    cases: Iterable[StudiedCase], fields: Sequence[Mapping[str, Any]], zone: str
) -> tuple[dict[str, Compared], list[Cell]]:
    """Every pair of reads of every case, oldest case first; and how many cases agree on which part of their fields."""
    found = {one["key"]: Compared() for one in fields}
    bins = [Cell() for _ in range(BINS + 1)]
    for case in cases:
        alike = [_take(found[one["key"]], case, one, zone) for one in fields]
        pairs = [sum(each) for each in zip(*alike, strict=True)] if alike else []
        if pairs and pairs[1]:
            bins[pairs[0] * BINS // pairs[1]].add(case.case)
    return found, bins


def _take(found: Compared, case: StudiedCase, asked: Mapping[str, Any], zone: str) -> tuple[int, int]:
    """Count a case's pairs of answers to one field: how many are alike, and how many there are."""
    alike = pairs = 0
    for one, other in _pairs(case.reads, asked):
        (reader, said), (second, answered) = one, other
        equal = said == answered
        alike, pairs = alike + equal, pairs + 1
        for counted in (
            found.weeks[_week(case, zone)],
            found.readers[min(reader, second), max(reader, second)],
        ):
            counted[0] += equal
            counted[1] += 1
        if asked["kind"] in CATEGORIES:
            _sort(found, asked, said, answered, case.case)
    return alike, pairs


def _sort(found: Compared, asked: Mapping[str, Any], said: Any, answered: Any, case: str) -> None:
    if said == answered:
        found.same[said] += 1
        return
    order = scale_of_field(asked)
    first, second = sorted(
        (said, answered), key=lambda value: order.index(value) if value in order else len(order)
    )
    found.mixed[first, second].add(case)


def scale_of_field(asked: Mapping[str, Any]) -> list[Any]:
    """The answers that a field of categories allows, in their order."""
    return (
        [False, True] if asked["kind"] == "boolean" else [one["value"] for one in asked.get("categories", ())]
    )


def _pairs(
    reads: Sequence[FirstRead], asked: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, Any], tuple[str, Any]]]:
    answers = [(read.reader, decoded(asked["kind"], answer_of(read, asked["key"]))) for read in reads]
    return combinations([one for one in answers if not isinstance(one[1], Unanswered)], 2)


def _week(case: StudiedCase, zone: str) -> date:
    last = max((read.at for read in case.reads if read.at), default=datetime.fromtimestamp(0, ZoneInfo(zone)))
    return week_of(last.astimezone(ZoneInfo(zone)).date())
