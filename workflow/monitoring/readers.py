"""Readers beside each other: pairs, how often a senior decides otherwise, reads too quick, marks too alike.

No order of merit: readers stand by id, and what is conditional on a dispute says so.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from workflow.agreement.cohen import cohen_kappa
from workflow.agreement.exact import clopper_pearson
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Table
from workflow.monitoring.alarms import Alarm, pair_counts
from workflow.monitoring.levels import at_least
from workflow.monitoring.series import Series
from workflow.what_if.quantities import plain

IDENTICAL, QUICK = "identical_marks", "reads_too_quick"
CONDITIONAL = "conditional on dispute: of disputed cases alone, and no ranking"
DISAGREEMENT = "cases in which the arbiter disagreed with the reader, of all cases read (Sharma 2019)"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two readers on the cases that both read: raw agreement, Cohen's κ, Krippendorff's α; exploratory."""

    first: str
    second: str
    n: int
    percent: Estimate
    kappa: Estimate
    alpha: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        names = ("percent", "kappa", "alpha")
        return {"readers": [self.first, self.second], "n": self.n} | {
            k: plain(getattr(self, k)) for k in names
        }


def reader_matrix(series: Series, draws: int = 1000, seed: int = 1) -> tuple[Pair, ...]:
    """Every pair of readers who share a case, in the order of their ids."""
    found, scale = [], series.categories or _scale(series)
    for first, second in sorted(pair_counts(series.double)[1]):
        both = [case for case in series.double if first in case.given and second in case.given]
        table = Table.of([(case.given[first], case.given[second]) for case in both], scale)
        how = Resampling(draws, seed, tuple(case.patient for case in both))
        made = (observed_agreement(table, how), cohen_kappa(table, how=how))
        found.append(Pair(first, second, len(both), *made, krippendorff_alpha(table, series.level, how)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReadCase:
    """One reader's part in one finished case; `overturned`: the arbiter decided otherwise, None without an arbiter."""

    reader: str
    case: str
    disputed: bool
    overturned: bool | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a reader's cases with its exact 95 % interval, and what it is a share of."""

    reader: str
    found: int
    of: int
    value: float | None
    ci95: tuple[float, float] | None
    label: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def overturn_rates(reads: Sequence[ReadCase]) -> tuple[Share, ...]:
    """By reader: of the disputed cases that an arbiter decided, those decided otherwise than the reader had it."""
    return _shares([one for one in reads if one.disputed and one.overturned is not None], reads, CONDITIONAL)


def disagreement_index(reads: Sequence[ReadCase]) -> tuple[Share, ...]:
    """The Reader Disagreement Index: cases in which the arbiter disagreed with the reader, of all cases read.

    Sharma et al. 2019, J Clin Oncol 37 suppl: e18082. A case that no arbiter saw counts as read, not as disagreed.
    """
    return _shares(list(reads), reads, DISAGREEMENT)


def _shares(counted: Sequence[ReadCase], every: Sequence[ReadCase], label: str) -> tuple[Share, ...]:
    of, found = (
        Counter(one.reader for one in counted),
        Counter(one.reader for one in counted if one.overturned),
    )
    return tuple(
        _share(reader, found[reader], of[reader], label) for reader in sorted({o.reader for o in every})
    )


def _share(reader: str, found: int, of: int, label: str) -> Share:
    if not of:
        return Share(reader, 0, 0, None, None, label)
    between = clopper_pearson(found, of)
    return Share(reader, found, of, found / of, (between.low, between.high), label)


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A mark that a reader drew by hand: the digest of its canonical bytes, and how many points or voxels it has."""

    case: str
    reader: str
    digest: str
    size: int


def identical_marks(field: str, marks: Sequence[DrawnMark], least: int = 12) -> tuple[Alarm, ...]:
    """Marks of `least` points or voxels or more that two readers of a case drew alike to the last byte.

    Two hands do not draw the same outline; smaller marks may be the same by chance and are passed over. Marks that
    were shown ready, or snapped to the image by a tool, must be left out: this test has no chance to state.
    """
    drawn: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mark in marks:
        if mark.size >= least:
            drawn[mark.case, mark.digest].add(mark.reader)
    shared = sorted((case, sorted(readers)) for (case, _), readers in drawn.items() if len(readers) > 1)
    return tuple(
        Alarm(
            IDENTICAL, field, " and ".join(readers), f"They drew the same mark in case {case}.", 1.0, 0.0, 0.0
        )
        for case, readers in shared
    )


@dataclass(frozen=True, slots=True)
class TimedRead:
    """How long a reader was at one read, in seconds, idle time excluded."""

    reader: str
    seconds: float


def quick_reads(
    reads: Sequence[TimedRead],
    level: float,
    *,
    fraction: float = 0.25,
    floor: float = 0.0,
    tolerated: float = 0.05,
) -> tuple[Alarm, ...]:
    """Readers with more quick reads than a share of `tolerated` explains; the level is shared among the readers.

    Quick is below the greater of the floor and a fraction of the median over all readers' reads, each reader
    counting once by their own median, so that a quick majority does not set the pace.
    """
    by_reader: dict[str, list[float]] = defaultdict(list)
    for read in reads:
        by_reader[read.reader].append(read.seconds)
    if not by_reader:
        return ()
    bound, each = max(floor, fraction * median(map(median, by_reader.values()))), level / len(by_reader)
    alarms = []
    for reader, seconds in sorted(by_reader.items()):
        quick = sum(one < bound for one in seconds)
        if quick and (chance := at_least(quick, len(seconds), tolerated)) <= each:
            words = f"{quick} of {len(seconds)} reads took less than {bound:.0f} s: chance {chance:.2g}."
            alarms.append(Alarm(QUICK, "", reader, words, chance, each, level))
    return tuple(alarms)


def _scale(series: Series) -> tuple[Any, ...]:
    return Table.of([[value] for case in series.double for value in case.given.values()]).categories
