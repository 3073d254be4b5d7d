"""`bench export`: packing a full bundle, beside COPY of the same rows; first byte, and memory as the log grows."""

import time
from typing import Any

from .bench import Bench
from .figures import Figure, figure_with_ratio
from .servers import Database

_ROWS = (
    "SELECT e.body, l.leaf_hash FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id",
    "SELECT digest, media_type, size, body FROM audit_content",
    "SELECT commitment, kind, salt, value FROM audit_opening",
)
_COPY = "COPY (same rows) TO STDOUT, binary, unsorted, read and dropped; MB of the bundle"
SHARE, FIRST_BYTE_SECONDS, FLAT = 0.25, 1.0, 1.25
MB = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """Each size in a database of its own."""
    figures: list[Figure] = []
    smallest: list[float] = []
    for events in bench.scale.exported:
        with bench.servers.database("export") as database:
            bench.fill(database, events)
            made, copied = _rounds(bench, database)
        smallest = smallest or [one["peak"] / MB for one in made]
        figures += _figures(f"{made[0]['events']:,} events", made, copied, smallest)
    return figures


def _rounds(bench: Bench, database: Database) -> tuple[list[dict[str, Any]], list[float]]:
    made, copied = [], []
    out = bench.folder / "bundle.zip"
    for _ in range(bench.rounds):
        bench.say("exporting")
        made.append(database.run("exporting", out))
        out.unlink()
        copied.append(copy_out(database))
    return made, copied


def copy_out(database: Database) -> float:
    """Seconds that COPY takes for the rows that a bundle is made of."""
    start = time.perf_counter()
    with database.connect("auditor") as connection, connection.cursor() as cursor:
        for rows in _ROWS:
            with cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT binary)") as copy:
                for _ in copy:
                    pass
    return time.perf_counter() - start


def _figures(of: str, made: list[dict[str, Any]], copied: list[float], smallest: list[float]) -> list[Figure]:
    speed = [one["bytes"] / one["seconds"] / MB for one in made]
    beside = [one["bytes"] / seconds / MB for one, seconds in zip(made, copied, strict=True)]
    # The label tables are worked out from the log and are no rows of the database: until they begin, rows are copied.
    rows = [one["labels"][1] / one["labels"][0] / MB for one in made]
    rows_beside = [one["labels"][1] / seconds / MB for one, seconds in zip(made, copied, strict=True)]
    first, peak = [one["first_byte"] for one in made], [one["peak"] / MB for one in made]
    flat = Figure(f"export, peak memory, {of}", "MB", peak, smallest, "the smallest log of this run")
    grown = flat.ratio_median or 0
    return [
        figure_with_ratio(f"export, {of} of copied histories", "MB/s", speed, beside, _COPY, at_least=SHARE),
        figure_with_ratio(
            f"export up to the label tables, {of}", "MB/s", rows, rows_beside, _COPY, at_least=SHARE
        ),
        Figure(
            f"export, first byte, {of}", "s", first, goal=f"under {FIRST_BYTE_SECONDS:g} s",
            met=max(first) < FIRST_BYTE_SECONDS,
        ),
        Figure(f"export, first event, {of}", "s", [one["first_event"] for one in made]),
        Figure(flat.name, flat.unit, peak, smallest, flat.baseline_is, f"at most {FLAT:g}", grown <= FLAT),
    ]  # fmt: skip
