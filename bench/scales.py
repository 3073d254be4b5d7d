"""How much a bench measures: `full` for figures, `small` to see that everything still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers of writers and events, seconds of writing, cases of the study whose histories are copied.

    rated: cases read by four readers, for α. draws: of its bootstrap. decided: cases of nine fields. masks:
    slices, rows and columns. balanced: people and open tasks. simulated: people and cases.
    claimers: clients at once. claimed: open cases.
    claiming: seconds of each round, at least claim_rounds of them. grown: cases of the short and of the long queue.
    aging: seconds for which a snapshot is open before its effect is measured. registered: cases of each round.
    imaged: CT slices of each round, frames of a film, slices of the long series; rounds as of claims.
    framed: CT slices of the study that is looked at; clients, seconds and rounds as of claims.
    opened: cases of the demonstration that a reader opens in a browser, one after the other.
    """

    cases: int
    writers: tuple[int, ...]
    seconds: float
    backlog: int
    exported: tuple[int, ...]
    verified: int
    rated: int
    draws: int
    decided: int
    masks: tuple[int, int, int]
    balanced: tuple[int, int]
    simulated: tuple[int, int]
    claimers: int
    claimed: int
    claiming: float
    claim_rounds: int
    grown: tuple[int, int]
    aging: float
    registered: int
    imaged: tuple[int, int, int]
    framed: int
    opened: int


SCALES = {
    "full": Scale(
        24,
        (1, 8, 16),
        4.0,
        20_000,
        (10_000, 1_000_000),
        100_000,
        5_000,
        1_000,
        2_000,
        (100, 512, 512),
        (100, 20_000),
        (60, 20_000),
        8,
        10_000,
        5.0,
        5,
        (2_500, 250_000),
        20.0,
        4_000,
        (100, 60, 1_000),
        120,
        12,
    ),
    "small": Scale(
        2,
        (1, 2),
        0.3,
        200,
        (60,),
        60,
        50,
        20,
        20,
        (10, 40, 40),
        (10, 200),
        (20, 150),
        2,
        200,
        0.3,
        1,
        (600, 900),
        0.3,
        40,
        (2, 2, 12),
        3,
        2,
    ),
}
