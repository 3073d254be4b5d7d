"""Act in the database as another of its roles, through Django's own connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from config.database import parse_database_url
from tests.databases import TestDatabases


@contextmanager
def acting_as_role(databases: TestDatabases, role: str) -> Iterator[None]:
    """Inside the block, Django's queries run as `role`; only in tests that commit."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    url = databases.environment(role)["DATABASE_URL"]
    there = parse_database_url(url)
    connection.close()
    connection.settings_dict.update({key: there[key] for key in before})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
