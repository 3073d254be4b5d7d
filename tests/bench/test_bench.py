"""The benches still run, and say what they measured in the one shape; how fast is for `make bench` to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import Figure, figure_with_ratio, lines
from bench.registry import BENCHES
from tests.databases import ROOT

KEYS = {"name", "unit", "ours", "baseline", "baseline_is", "ratio_median", "goal", "met"}


def bench(home: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    # Addresses that nobody listens at: if a bench used the service's own servers, it would fail.
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *map(str, arguments)],
        cwd=ROOT, env=os.environ | nowhere | {"CONSILIUM_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_every_bench_measures_and_writes_its_figures_on_servers_of_its_own(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = bench(tmp_path, "--scale", "small", "--rounds", 1, "--json", out)
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())["figures"]
    assert all(figure.keys() == KEYS for figure in figures)
    assert all(figure["ours"] and min(figure["ours"]) > 0 for figure in figures)
    assert all(
        len(figure["baseline"]) >= 1 and figure["ratio_median"] for figure in figures if figure["baseline_is"]
    )
    assert all(figure["met"] in (True, False) for figure in figures if figure["goal"])
    told = " ".join(figure["name"] for figure in figures)
    assert [
        name
        for name in (
            "append",
            "seal",
            "wait",
            "export",
            "verify.py",
            "check_log",
            "α",
            "decide",
            "HD95",
            "balance",
            "register",
            "makespan",
            "take in",
            "peak memory, 12 slices",
            "claim + submit",
            "leases held by others",
            "snapshot",
        )
        if name not in told
    ] == []
    assert all(figure["name"] in done.stdout for figure in figures)
    assert [path.name for path in (tmp_path / "bench").iterdir() if "tmp" in path.name] == []


def test_a_bench_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = bench(tmp_path, "speed")
    assert done.returncode == 1
    assert done.stderr.strip() == f"CommandError: There is no bench speed: choose from {', '.join(BENCHES)}."


def test_a_ratio_is_of_the_medians_and_a_goal_is_met_from_it_on() -> None:
    figure = figure_with_ratio("a", "MB/s", [1, 2, 9], [8, 7, 100], "COPY", at_least=0.25)
    assert (figure.ratio_median, figure.met) == (0.25, True)
    assert not figure_with_ratio("a", "MB/s", [1, 1.9, 9], [8, 7, 100], "COPY", at_least=0.25).met


def test_the_table_shows_least_median_and_most_and_leaves_out_what_there_is_not() -> None:
    table = lines(
        [Figure("lag", "s", [3, 1, 2]), Figure("speed", "events/s", [1200], [2400], "COPY", "much", False)]
    )
    assert table[1].split() == ["lag", "s", "1", "2", "3"]
    assert table[2].split()[2:] == [
        "1,200",
        "1,200",
        "1,200",
        "2,400",
        "2,400",
        "2,400",
        "0.500",
        "much:",
        "not",
        "met",
    ]
    assert table[-1] == "speed: beside COPY"
