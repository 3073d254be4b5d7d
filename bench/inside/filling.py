"""Fills the log of a study of the demonstration by COPY, through the database's own rules, up to a number of events.

    python -m bench.inside.filling CASES EVENTS

Each event passes the triggers and constraints of the log. Two things are passed by: the Journal, because what it would
check was checked when the histories were made; and the trigger that ties an event to its case's row, because the copies
are histories alone (bench/servers.py takes it off these databases). Never run on anybody's data.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any

import django

WRITERS = 2
CASES_AT_ONCE = 30
TELL_EVERY_SECONDS = 30
WORTH_TWO = 2_000  # events from which a second process pays


def fill(cases: int, wanted: int) -> dict[str, Any]:
    """Carry that many cases through the tiers, then copy their histories until there are about `wanted` events."""
    from audit.models import Content, Event

    log_id = _carry(cases)
    missing = max(0, wanted - Event.objects.count())
    if missing < WORTH_TWO:
        _copy(log_id, missing)
    else:
        with ProcessPoolExecutor(WRITERS, mp_context=get_context("spawn"), initializer=django.setup) as pool:
            share = missing // WRITERS
            list(pool.map(_copy, [log_id] * WRITERS, [share] * WRITERS, [True] + [False] * (WRITERS - 1)))
    return {"events": Event.objects.count(), "contents": Content.objects.count()}


def _carry(cases: int) -> int:
    from demo.accounts import users
    from demo.lidc import cases as demo_cases
    from demo.study import carry_through, open_study, register_all

    chosen = demo_cases(cases)
    study = open_study(users(), chosen)
    register_all(study, chosen, _quiet)
    carry_through(study, _quiet)
    return study.project.log_id


def _quiet(name: str, done: int, of: int) -> None:
    """Nobody looks on."""


def _copy(log_id: int, wanted: int, tells: bool = False) -> None:
    """Copy histories until there are as many events more; `tells`: say on the way how far it is."""
    from bench.inside.histories import Copies, endless, histories_of

    source, start, share = endless(histories_of(log_id)), time.monotonic(), wanted
    told = start
    while wanted > 0:
        if tells and time.monotonic() - told > TELL_EVERY_SECONDS:
            told = time.monotonic()
            sys.stderr.write(f"filled {1 - wanted / share:.0%} in {told - start:.0f} s\n")
        now, copies = _now(), Copies()
        for history in islice(source, CASES_AT_ONCE):
            if len(copies.events) < wanted:
                history.copy(now, copies)
        _copy_in(log_id, copies)
        wanted -= len(copies.events)


def _now() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('SELECT to_char(clock_timestamp(), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')')
        return str(cursor.fetchone()[0])


def _copy_in(log_id: int, copies: Any) -> None:
    from django.db import transaction
    from psycopg.types.json import Jsonb

    from audit.models import Content, Event, Opening

    openings = [(text, kind, salt, Jsonb(value), "") for text, kind, salt, value in copies.openings]
    with transaction.atomic():
        _copy_rows(Content, "digest, media_type, size, body", copies.contents)
        _copy_rows(Opening, "commitment, kind, salt, value, legal_basis", openings)
        _copy_rows(Event, "log_id, body", [(log_id, body) for body in copies.events])


def _copy_rows(model: Any, columns: str, rows: list[Any]) -> None:
    from django.db import connection

    names = columns.split(", ")
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(fill(int(sys.argv[1]), int(sys.argv[2])))
