"""Readers beside each other: weeks, pairs, mix-ups and returns, by hand."""

from datetime import UTC, datetime

import pytest

from workflow.measuring.pairwise import MOST_CASES, Cell, compare
from workflow.measuring.quality_charts import returns
from workflow.measuring.returns import limits
from workflow.measuring.study import FirstRead, StudiedCase

FINDING = {
    "key": "finding",
    "kind": "nominal",
    "label": "Finding",
    "categories": [{"value": v, "label": v} for v in ("none", "nodule", "mass")],
}
SIDES = {"key": "sides", "kind": "multi", "label": "Sides", "categories": []}


def case(name: str, day: int, **said: str | None) -> StudiedCase:
    """A case that these readers answered in November 2026."""
    at = datetime(2026, 11, day, 23, 30, tzinfo=UTC)
    reads = tuple(
        FirstRead(f"{name}-{reader}", reader, slot, {"fields": {"finding": value, "sides": ["left"]}}, at=at)
        for slot, (reader, value) in enumerate(said.items(), 1)
    )
    return StudiedCase(name, name, len(reads), reads)


def test_pairs_of_reads_are_counted_by_week_reader_and_answer() -> None:
    cases = [
        case("one", 1, anna="none", bob="none"),  # Sunday, and Monday in Paris
        case("two", 3, bob="nodule", anna="none"),
        case("three", 4, anna="mass", cleo=None),
        case("four", 10, anna="none", bob="nodule", cleo="nodule"),
    ]
    found, bins = compare(cases, [FINDING, SIDES], "Europe/Paris")
    told = found["finding"]
    assert {day.isoformat(): tuple(n) for day, n in told.weeks.items()} == {
        "2026-11-02": (1, 2),
        "2026-11-09": (1, 3),
    }
    assert {pair: tuple(n) for pair, n in told.readers.items()} == {
        ("anna", "bob"): (1, 3), ("anna", "cleo"): (0, 1), ("bob", "cleo"): (1, 1),
    }  # fmt: skip
    mixed = {pair: (cell.n, cell.cases) for pair, cell in told.mixed.items()}
    assert mixed == {("none", "nodule"): (3, ["two", "four"])}
    assert found["sides"].mixed == {}
    # Of both fields: all, 1 of 2, all that was answered, 4 of 6.
    assert {place: cell.cases for place, cell in enumerate(bins) if cell.n} == {
        10: ["one", "three"], 5: ["two"], 6: ["four"],
    }  # fmt: skip


def test_a_cell_names_its_newest_cases() -> None:
    cell = Cell()
    for number in range(MOST_CASES + 5):
        cell.add(str(number))
    assert (cell.n, len(cell.cases), cell.cases[-1]) == (MOST_CASES + 5, MOST_CASES, str(MOST_CASES + 4))


def test_returns_have_three_sigma_limits_about_their_mean() -> None:
    found = limits([("2026-11-02", 100, 10), ("2026-11-09", 100, 30), ("2026-11-16", 4, 0)])
    mean = 40 / 204
    assert found["mean"] == pytest.approx(mean)
    first, second, third = found["weeks"]
    wide = 3 * (mean * (1 - mean) / 100) ** 0.5
    assert (first["low"], first["high"]) == pytest.approx((mean - wide, mean + wide), abs=1e-4)
    assert (third["low"], third["high"] < 1) == (0, True)
    assert [week["outside"] for week in (first, second, third)] == [False, False, False]
    assert limits([("a", 100, 0), ("b", 100, 30)])["weeks"][1]["outside"]
    assert limits([]) == {"mean": None, "weeks": []}


def test_a_chart_of_returns_names_the_weeks_beyond_the_limits() -> None:
    chart = returns({"returns": limits([("2026-11-02", 100, 0), ("2026-11-09", 100, 30)])})
    assert chart.says == "Beyond the limits: the weeks from 2026-11-02, 2026-11-09."
    assert chart.curves[0].values == (0, 0.3)
    empty = returns({"returns": limits([])})
    assert (empty.says, empty.labels) == ("No week lies beyond the limits.", ())
