"""`bench agreement`: α with its bootstrap, decisions on cases of nine fields, and masks, each beside a plain way."""

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table
from workflow.consensus.cases import decide_case
from workflow.consensus.outcomes import CaseDecision, ReadInput
from workflow.protocol.protocol import Protocol

from . import masks
from .bench import Bench
from .figures import Figure, figure_with_ratio
from .loops import Row, alpha_by_counting, alpha_by_pairs

FASTER, DECISIONS = 20, 5_000
LOOP_DRAWS = 3
GRADES = range(1, 6)
_FIELDS = [f"rating_{n}" for n in range(1, 10)]


def measure(bench: Bench) -> list[Figure]:
    """The same reads for ours and the baseline, in turns; all from fixed seeds."""
    bench.say("drawing for α")
    figures = [*_alpha(bench, "nominal"), *_alpha(bench, "ordinal")]
    bench.say("deciding cases")
    figures.append(_decisions(bench))
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


def _decisions(bench: Bench) -> Figure:
    cases = [_case(number) for number in range(bench.scale.decided)]
    texts = [json.dumps([read.content for read in case]) for case in cases]
    ours, parsed = [], []
    for _ in range(bench.rounds):
        ours.append(len(cases) / _seconds(lambda: [_decide(case) for case in cases]))
        parsed.append(len(cases) / _seconds(lambda: [json.loads(text) for text in texts]))
    return Figure(
        "decide a case of nine ratings, two reads", "cases/s", ours, parsed,
        "json.loads of the same two reads", f"at least {DECISIONS:,} cases/s", median(ours) >= DECISIONS,
    )  # fmt: skip


def _decide(case: list[ReadInput]) -> CaseDecision:
    return decide_case(schema=SCHEMA, protocol=PROTOCOL, reads=case)


def _case(number: int) -> list[ReadInput]:
    grades = _graded(np.random.default_rng(number), len(_FIELDS), 2).T.tolist()
    return [_read(slot, given) for slot, given in enumerate(grades, 1)]


def _read(slot: int, grades: list[int]) -> ReadInput:
    content = {
        "schema": "consilium/read/v1",
        "fields": dict(zip(_FIELDS, grades, strict=True)),
        "findings": [],
    }
    return ReadInput(f"read {slot}", content, f"sha256:{slot:064}", slot)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# Seven grades, of which one is critical, and two classes, as radiologists rate a nodule in LIDC-IDRI.
_CATEGORIES = [{"value": grade, "label": str(grade)} for grade in GRADES]
SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {
            "key": key,
            "kind": "ordinal" if n < 7 else "nominal",
            "label": f"Rating {n + 1}",
            "categories": _CATEGORIES,
        }
        for n, key in enumerate(_FIELDS)
    ],
}
_GRADE: dict[str, Any] = {"comparator": {"ordinal": {"within": 1}}, "median": "high"}
PROTOCOL = Protocol.parse(
    {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": "2+1", "count": 2},
        "safety_contact": {"none_because": "Made-up cases."},
        "fields": {
            key: {**_GRADE, "cutoffs": [4]} if n == 0 else _GRADE if n < 7 else {"comparator": {"equal": {}}}
            for n, key in enumerate(_FIELDS)
        },
    }
)
