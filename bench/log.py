"""`bench log`: appending, beside plain inserts of the same bytes; sealing, and how long an event waits for it."""

import json
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median, quantiles
from typing import Any

import psycopg

from config.serving import ROOT

from .bench import Bench
from .figures import Figure
from .servers import Database

_PLAIN = """
CREATE TABLE bench_plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE bench_leaf (leaf_index bigint PRIMARY KEY, event_id bigint NOT NULL, leaf_hash bytea NOT NULL);
GRANT SELECT, INSERT ON bench_plain TO consilium_app;
GRANT INSERT ON bench_leaf TO consilium_sealer;
"""
_WAITED = """
SELECT l.leaf_index, extract(epoch FROM e.db_time)::float8 FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.leaf_index >= %s ORDER BY l.leaf_index
"""
LOOK_EVERY_SECONDS = 0.02


def measure(bench: Bench) -> list[Figure]:
    """Appending by each number of writers with the sealer at work, then sealing a backlog."""
    with bench.servers.database("log") as database, ExitStack() as stack:
        database.run("filling", 1, 0)
        with database.connect("owner") as connection:
            connection.execute(_PLAIN)
        writers = stack.enter_context(_writers(database, max(bench.scale.writers)))
        figures = []
        with _Watched(database) as watched:
            for number in bench.scale.writers:
                bench.say(f"writing by {number}")
                figures += _appending(bench, watched, writers[:number])
        bench.say("sealing a backlog")
        figures.append(_sealing(bench, database, writers[0]))
    return figures


class Writer:
    """A writer's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, what: str, how_much: float) -> None:
        """Say what to do."""
        assert self.process.stdin
        self.process.stdin.write(f"{what} {how_much}\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for what it did."""
        assert self.process.stdout
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


@contextmanager
def _writers(database: Database, count: int) -> Iterator[list[Writer]]:
    writers = [Writer(database.start("writing")) for _ in range(count)]
    try:
        for writer in writers:
            writer.answer()
        yield writers
    finally:
        for writer in writers:
            writer.process.communicate()


def _rate(writers: Sequence[Writer], what: str, seconds: float) -> float:
    """Events per second of all of them together."""
    for writer in writers:
        writer.ask(what, seconds)
    answers = [writer.answer() for writer in writers]
    return sum(float(told["events"]) / float(told["seconds"]) for told in answers)


def _appending(bench: Bench, watched: "_Watched", writers: Sequence[Writer]) -> list[Figure]:
    ours, plain, usual, worst = [], [], [], []
    for _ in range(bench.rounds):
        ours.append(_rate(writers, "ours", bench.scale.seconds))
        waits = watched.waits()
        usual.append(median(waits))
        worst.append(quantiles(waits, n=20)[-1])
        plain.append(_rate(writers, "plain", bench.scale.seconds))
    by = f"{len(writers)} writer{'s' if len(writers) > 1 else ''}"
    return [
        Figure(
            f"append, {by}, 1 event per transaction, sealer at work", "events/s", ours, plain,
            "INSERT of the same bytes into a table without rules, by as many",
        ),
        Figure(f"wait for the sealer, which looks every 2 s, {by}, median", "s", usual),
        Figure(f"wait for the sealer, which looks every 2 s, {by}, 95th percentile", "s", worst),
    ]  # fmt: skip


class _Watched:
    """`manage.py seal` at work, and when it got how far."""

    def __init__(self, database: Database) -> None:
        self._connection, self._own = database.connect("auditor"), database.connect("auditor")
        self._first = self._size(self._own)[0]
        self._seen: list[tuple[int, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._sealer = subprocess.Popen(
            [sys.executable, "manage.py", "seal"], cwd=ROOT, env=database.environment("sealer")
        )

    def __enter__(self) -> "_Watched":
        self._thread.start()
        try:
            self.waits()  # until the sealer has started and caught up
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._sealer.terminate()
        self._sealer.wait()
        self._connection.close()
        self._own.close()

    def waits(self) -> list[float]:
        """Seconds from each event's insert to its seal, since this was asked last; waits until all are sealed."""
        while self._own.execute("SELECT EXISTS (SELECT FROM audit_pending)").fetchone() != (False,):
            time.sleep(LOOK_EVERY_SECONDS)
        rows = self._own.execute(_WAITED, [self._first]).fetchall()
        self._first += len(rows)
        while not self._seen or self._seen[-1][0] < self._first:
            time.sleep(LOOK_EVERY_SECONDS)
        sizes = [size for size, _ in self._seen]
        return [self._seen[bisect_right(sizes, index)][1] - at for index, at in rows]

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_SECONDS):
            size, now = self._size(self._connection)
            if not self._seen or size > self._seen[-1][0]:
                self._seen.append((size, now))

    def _size(self, connection: psycopg.Connection[Any]) -> tuple[int, float]:
        found = connection.execute(
            "SELECT size, extract(epoch FROM clock_timestamp())::float8 FROM audit_log"
        ).fetchone()
        assert found is not None
        return found[0], found[1]


def _sealing(bench: Bench, database: Database, writer: Writer) -> Figure:
    ours, plain = [], []
    database.run("sealing", "ours", role="sealer")
    for _ in range(bench.rounds):
        writer.ask("backlog", bench.scale.backlog)
        count = writer.answer()["events"]
        sealed = database.run("sealing", "ours", role="sealer")
        ours.append(sealed["events"] / sealed["seconds"])
        with database.connect("owner") as connection:
            connection.execute("TRUNCATE bench_leaf")
        written = database.run("sealing", "plain", count, role="sealer")
        plain.append(written["events"] / written["seconds"])
    name = f"seal a backlog of {bench.scale.backlog:,}"
    return Figure(
        name, "events/s", ours, plain, "INSERT of the same leaves into a table without rules, as many at once"
    )
