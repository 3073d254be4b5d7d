"""`bench claims`: claim and submit over HTTP, beside a bare Django and DRF view, and beside plain SQL."""

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from . import plain
from .bench import Bench
from .crew import Client, Round, crew_of, together
from .figures import Figure, figure_with_ratio
from .queue import Queue, open_queue
from .servers import Database
from .web import serving

GOAL = 0.5
WARM_SECONDS = 2.0
LEAST = 20_000  # plain tasks: a quick machine claims thousands of them in a second
BARE_APPLICATION, BARE_SETTINGS = "bench.inside.bare_wsgi:application", "bench.inside.bare_settings"
BARE = "a bare Django + DRF view: one SKIP LOCKED update and one audit insert, twice, under the same server"
RAW = "the same two transactions through psycopg, without HTTP"
Told = dict[str, Any]


def measure(bench: Bench) -> list[Figure]:
    """The three in turns, by as many clients, each a process of its own."""
    clients, cases = bench.scale.claimers, bench.scale.claimed
    with bench.servers.database("claims") as database, ExitStack() as stack:
        bench.say(f"opening {cases:,} cases")
        queue = open_queue(database, clients, cases)
        _fill_plainly(database, max(cases * 20, LEAST))
        ours = stack.enter_context(serving(database, bench.folder))
        bare = stack.enter_context(serving(database, bench.folder, BARE_APPLICATION, BARE_SETTINGS))
        crew = stack.enter_context(crew_of(database, clients))
        rounds = _rounds(bench, crew, _told(queue, database, ours, bare))
    return _figures(rounds, clients)


def _told(queue: Queue, database: Database, ours: int, bare: int) -> dict[str, list[Told]]:
    """What each client is told for each side."""
    all_: Told = {"labels": queue.labels}
    numbers = range(len(queue.tokens))
    return {
        "ours": [{**all_, "port": ours, "token": token} for token in queue.tokens],
        "bare": [{**all_, "port": bare, "number": n} for n in numbers],
        "raw": [{**all_, "database": database.url(), "number": n} for n in numbers],
    }


def _rounds(bench: Bench, crew: Sequence[Client], sides: dict[str, list[Told]]) -> dict[str, list[Round]]:
    found: dict[str, list[Round]] = {what: [] for what in sides}
    for what, told in sides.items():
        together(crew, what, min(WARM_SECONDS, bench.scale.claiming), told)
    for number in range(max(bench.rounds, bench.scale.claim_rounds)):
        for what, told in sides.items():
            found[what].append(together(crew, what, bench.scale.claiming, told))
        rates = ", ".join(f"{what} {rounds[-1].rate:,.0f}/s" for what, rounds in found.items())
        bench.say(f"claiming, round {number + 1}: {rates}")
    return found


def _figures(rounds: dict[str, list[Round]], clients: int) -> list[Figure]:
    rates = {what: [one.rate for one in some] for what, some in rounds.items()}
    waits = {what: [1000 * median(one.claims) for one in some] for what, some in rounds.items()}
    name = f"claim + submit over HTTP, {clients} clients"
    return [
        figure_with_ratio(name, "cycles/s", rates["ours"], rates["bare"], BARE, at_least=GOAL),
        Figure(f"{name}, beside plain SQL", "cycles/s", rates["ours"], rates["raw"], RAW),
        Figure(f"a claim's wait, {clients} clients, median", "ms", waits["ours"], waits["bare"], BARE),
    ]


def _fill_plainly(database: Database, tasks: int) -> None:
    with database.connect("owner") as connection:
        connection.execute(plain.TABLES)
        connection.execute(plain.FILL.format(tasks))
    database.analyze()
