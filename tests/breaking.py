"""Short words for tests that try to break the database's rules as the service's own role."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audit.actions import Action
from audit.log import Entry, Journal, Reason, Request
from tests.people import Study
from workflow.models import Case


@contextmanager
def refused(*rules: str) -> Iterator[None]:
    """The block is one transaction, and a rule of this name refuses it, at the latest at COMMIT."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    diagnosis = caught.value.__cause__.diag  # type: ignore[union-attr]
    assert diagnosis.constraint_name in rules, caught.value
    if diagnosis.context and "RAISE" in diagnosis.context:  # a trigger of ours: it speaks in sentences
        assert diagnosis.message_primary.endswith("."), diagnosis.message_primary


@contextmanager
def forbidden() -> Iterator[None]:
    """The role lacks the privilege for what the block does."""
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner|can only be updated|DEFAULT"),
        transaction.atomic(),
    ):
        yield


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run raw SQL as the service's role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def copy_row(table: str, row_id: object, **changes: Any) -> None:
    """Insert a row that is like another one but for the changes; JSON for jsonb, hex text for bytes."""
    like = sql(f"SELECT to_jsonb(t) FROM {table} t WHERE id = %s", row_id)[0][0]
    new = json.loads(like) if isinstance(like, str) else like
    changed = json.dumps(new | changes, default=str)
    sql(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s)", changed)


def note(of: Study, action: Action = Action.CASE_PRIORITY_CHANGED, by: str = "maria", **more: Any) -> Entry:
    """Write an honestly chained event into the first case's stream, without any change to the case."""
    case = of.case()
    journal = Journal(of.project.log, of.acting(by).actor(), Request())
    more = {"object": ("case", str(case.pk), case.round), **more}
    entry = journal.record(journal.stream("case", case.pk), action, **more)
    journal.write()
    return entry


def point(case_id: UUID, entry: Entry, **changes: Any) -> None:
    """Make the case's row point at an event as its newest, and change what is named beside it."""
    Case.objects.filter(pk=case_id).update(audit_seq=entry.seq, audit_head=entry.leaf_hash, **changes)


def beside(of: Study, action: Action = Action.CASE_PRIORITY_CHANGED, by: str = "maria", **more: Any) -> Entry:
    """An honest event with its change of the case row: what a forger would put beside the forgery."""
    entry = note(of, action, by, **more)
    point(of.case().pk, entry)
    return entry


def moved(
    of: Study, source: str, target: str, action: Action = Action.CASE_ADVANCED, **changes: Any
) -> Entry:
    """Change the case's state with an honest event of that move, past django_fsm."""
    entry = note(of, action, state=(source, target), reason=Reason("because"))
    point(of.case().pk, entry, state=target, **changes)
    return entry
