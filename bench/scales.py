"""How much a bench measures: `full` for figures, `small` to see that everything still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers of writers and events, seconds of writing, cases of the study whose histories are copied."""

    cases: int
    writers: tuple[int, ...]
    seconds: float
    backlog: int
    exported: tuple[int, ...]
    verified: int


SCALES = {
    "full": Scale(24, (1, 8, 16), 4.0, 20_000, (10_000, 1_000_000), 100_000),
    "small": Scale(2, (1, 2), 0.3, 200, (60,), 60),
}
