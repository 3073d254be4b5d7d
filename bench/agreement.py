"""`bench agreement`: α with its bootstrap, decisions on cases of nine fields, and masks, each beside a plain way."""

import json
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table
from workflow.consensus.cases import decide_case
from workflow.consensus.outcomes import CaseDecision, ReadInput

from . import masks
from .bench import Bench
from .cases import Decided, mixed, ratings
from .figures import Figure, figure_with_ratio
from .loops import Row, alpha_by_counting, alpha_by_pairs

FASTER, DECISIONS = 20, 5_000
LOOP_DRAWS = 3


def measure(bench: Bench) -> list[Figure]:
    """The same reads for ours and the baseline, in turns; all from fixed seeds."""
    bench.say("drawing for α")
    figures = [*_alpha(bench, "nominal"), *_alpha(bench, "ordinal")]
    bench.say("deciding cases")
    figures += [_decisions(bench, made(bench.scale.decided)) for made in (ratings, mixed)]
    return figures + masks.measure(bench)


def _alpha(bench: Bench, level: Any) -> list[Figure]:
    scale = bench.scale
    rows, ours, pairs, counts = _reads(scale.rated), [], [], []
    for _ in range(bench.rounds):
        ours.append(scale.draws / _seconds(lambda: _ours(rows, level, scale.draws)))
        pairs.append(LOOP_DRAWS / _seconds(lambda: alpha_by_pairs(rows, level, LOOP_DRAWS)))
        counts.append(LOOP_DRAWS / _seconds(lambda: alpha_by_counting(rows, level, LOOP_DRAWS)))
    name = f"bootstrap of α {level}, {scale.rated:,} × 4, {scale.draws:,} draws"
    by_pairs = f"draw by draw in plain Python, pair by pair into a coincidence matrix; {LOOP_DRAWS} draws"
    by_counts = f"draw by draw in numpy, the coincidence matrix from counts per case; {LOOP_DRAWS} draws"
    return [
        figure_with_ratio(name, "draws/s", ours, pairs, by_pairs, at_least=FASTER),
        Figure(f"{name} (numpy)", "draws/s", ours, counts, by_counts),
    ]


def _ours(rows: list[Row], level: Any, draws: int) -> None:
    # The table is made of the rows each time: a user starts from reads, not from codes.
    krippendorff_alpha(Table.of(rows), level, Resampling(draws=draws))


def _reads(cases: int) -> list[Row]:
    return list(map(tuple, _graded(np.random.default_rng(5), cases, 4).tolist()))


def _graded(chance: np.random.Generator, cases: int, readers: int) -> NDArray[np.int64]:
    truth = chance.integers(1, 6, (cases, 1))
    return np.asarray(np.clip(truth + chance.choice([-1, 0, 0, 1], (cases, readers)), 1, 5))


def _decisions(bench: Bench, given: Decided) -> Figure:
    texts = [json.dumps([read.content for read in case]) for case in given.cases]
    ours, parsed = [], []
    for _ in range(bench.rounds):
        # Seconds of the processor: one thread, and a goal that others' work beside would otherwise decide.
        ours.append(
            len(texts) / _seconds(lambda: [_decide(given, case) for case in given.cases], process_time)
        )
        parsed.append(len(texts) / _seconds(lambda: [json.loads(text) for text in texts], process_time))
    return Figure(
        f"decide a case of {given.name}, two reads", "cases/CPU s", ours, parsed,
        "json.loads of the same two reads", f"at least {DECISIONS:,} cases/CPU s", median(ours) >= DECISIONS,
    )  # fmt: skip


def _decide(given: Decided, case: list[ReadInput]) -> CaseDecision:
    return decide_case(schema=given.schema, protocol=given.protocol, reads=case)


def _seconds(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    start = clock()
    work()
    return clock() - start
