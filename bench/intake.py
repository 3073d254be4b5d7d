"""`bench intake`: registering cases with their events, rounds and tasks, beside plain inserts of the same rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .bench import Bench
from .figures import Figure
from .log import Writer
from .servers import Database

GOAL = 4_000
CONNECTIONS = (1, 2)
_PLAIN = """
CREATE TABLE bench_plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
GRANT SELECT, INSERT ON bench_plain TO consilium_app;
"""


def measure(bench: Bench) -> list[Figure]:
    """Calls of up to 1,000 cases, by one connection and by two at once, each into a project of its own."""
    with bench.servers.database("intake") as database:
        with database.connect("owner") as connection:
            connection.execute(_PLAIN)
        with _registrars(database) as registrars:
            for registrar in registrars:  # caches, and the bytes that the baseline inserts
                _rate([registrar], "ours", min(bench.scale.registered, 1_000))
            database.analyze()
            return [_registering(bench, registrars[:number]) for number in CONNECTIONS]


@contextmanager
def _registrars(database: Database) -> Iterator[list[Writer]]:
    registrars: list[Writer] = []
    try:
        for number in range(max(CONNECTIONS)):
            registrars.append(Writer(database.start("registering", f"intake-{number}")))
            registrars[-1].answer()
        yield registrars
    finally:
        for registrar in registrars:
            registrar.process.communicate()


def _rate(registrars: Sequence[Writer], what: str, cases: int) -> float:
    """Cases per second of all of them together."""
    for registrar in registrars:
        registrar.ask(what, cases)
    answers = [registrar.answer() for registrar in registrars]
    return sum(float(told["cases"]) / float(told["seconds"]) for told in answers)


def _registering(bench: Bench, registrars: Sequence[Writer]) -> Figure:
    by = f"{len(registrars)} connection{'s' if len(registrars) > 1 else ''}"
    bench.say(f"registering by {by}")
    ours, plain = [], []
    for _ in range(bench.rounds):
        ours.append(_rate(registrars, "ours", bench.scale.registered))
        plain.append(_rate(registrars, "plain", bench.scale.registered))
    return Figure(
        f"register cases with their events, {by}", "cases/s", ours, plain,
        "INSERT of as many rows of the same bytes into a table without rules, by as many",
        f"at least {GOAL:,}", sorted(ours)[len(ours) // 2] >= GOAL,
    )  # fmt: skip
