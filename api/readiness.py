"""Whether the service can do its work, and whether something beside it lags.

Without the database, its rules or its role nothing may be served. Without the broker people still claim and
submit, and the next sweep finds what the machine owes them; so that, and a late sealer, is said and not refused.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

from audit.tally import Broker, Unreachable

from .bodies import BODIES
from .metrics import access_lag, sealer_lag
from .rules import RULES

APP_ROLE, OWNER_ROLE = "consilium_app", "consilium_owner"
SEALER_SECONDS = 60
ACCESS_SECONDS = 1200  # twice what a batch waits at most
TRIGGERS: Final = frozenset((table, name) for table, names in RULES.items() for name in names)


def failures() -> list[dict[str, str]]:
    """What keeps the service from its work, as `{check, detail}`; empty when it is ready."""
    return _found(CHECKS)


def warnings() -> list[dict[str, str]]:
    """What the service can do without for a while, as `{check, detail}`."""
    return _found(WARNINGS)


def _found(checks: Mapping[str, Callable[[], str]]) -> list[dict[str, str]]:
    found = []
    for name, check in checks.items():
        try:
            detail = check()
        except (DatabaseError, Unreachable):
            detail = "It can't be reached, or doesn't answer as it should."
        if detail:
            found.append({"check": name, "detail": detail})
    return found


def database_role() -> str:
    """The service must not be able to change what the log protects."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s AND NOT rolsuper AND NOT rolbypassrls AND NOT EXISTS"
            " (SELECT FROM pg_roles o WHERE o.rolname = %s AND pg_has_role(current_user, o.oid, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = current_user",
            [APP_ROLE, OWNER_ROLE],
        )
        (is_right,) = cursor.fetchone()
    if is_right:
        return ""
    return f"DATABASE_URL must name {APP_ROLE}, which may be no superuser and no member of {OWNER_ROLE}."


def encoding() -> str:
    """Names and digests must come back as they went in, and in one order."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (name,) = cursor.fetchone()
    return "" if name == "UTF8" else f"The database is in {name}: create it anew in UTF8."


def migrations_applied() -> str:
    """Code and tables must be of the same age."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = _on_disk() - set(cursor.fetchall())
    return (
        f"{len(missing)} migrations are not applied: run manage.py migrate as the owner." if missing else ""
    )


def rules_in_force() -> str:
    """The triggers that guard the log and the cases."""
    with connection.cursor() as cursor:
        wanted = watched(cursor)
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
        )
        missing = wanted - set(cursor.fetchall())
    return (
        f"Rules are switched off: {', '.join('.'.join(pair) for pair in sorted(missing))}." if missing else ""
    )


def watched(cursor: CursorWrapper) -> set[tuple[str, str]]:
    """The rules that must be on, by table and name: those of the migrations, and of each month of the access log."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_access'::regclass"
    )
    months = [table for (table,) in cursor.fetchall()]
    return {*TRIGGERS, *((table, name) for table in months for name in RULES["audit_access_default"])}


def functions_unchanged() -> str:
    """The functions behind those triggers, word for word as the migrations made them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, encode(sha256(convert_to(prosrc, 'UTF8')), 'hex') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, t.tgname, p.proname FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
        triggers = cursor.fetchall()
        wanted = watched(cursor)
        called = {function for table, name, function in triggers if (table, name) in wanted}
    other = sorted(
        {name for name, body in BODIES.items() if found.get(name) != body} | (called - set(BODIES))
    )
    return f"Functions are not as the migrations made them: {', '.join(other)}." if other else ""


def broker() -> str:
    """The broker must answer within a second."""
    with Broker() as there:
        return "" if there.ping() else "It doesn't answer."


def sealer() -> str:
    """Events must not wait long to be sealed."""
    pending, age = sealer_lag()
    return "" if age <= SEALER_SECONDS else f"{pending} events wait to be sealed, the oldest for {age:.0f} s."


def access_log() -> str:
    """Who saw what must not wait long to be taken into the log."""
    rows, age = access_lag()
    if age <= ACCESS_SECONDS:
        return ""
    return f"{rows} rows of access logs are in no batch, the oldest for {age:.0f} s. Does a worker run?"


@lru_cache(maxsize=1)
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


CHECKS: Final[dict[str, Callable[[], str]]] = {
    "database_role": database_role,
    "encoding": encoding,
    "migrations": migrations_applied,
    "rules_in_force": rules_in_force,
    "functions_unchanged": functions_unchanged,
}
WARNINGS: Final[dict[str, Callable[[], str]]] = {
    "broker": broker,
    "sealer": sealer,
    "access_log": access_log,
}
