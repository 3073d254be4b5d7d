"""The test databases themselves: who connects, and that nothing stays behind."""

from collections.abc import Callable

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

from tests import databases


def leave_a_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'left'")
        assert cursor.fetchone() == (0,)
    ContentType.objects.create(app_label="left", model="behind")


@pytest.mark.django_db
def test_tests_connect_as_the_role_of_the_service() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    assert user == "consilium_app"
    assert database.startswith("clone_")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_after_it(turn: int, superuser_connection: psycopg.Connection) -> None:
    superuser_connection.execute("GRANT INSERT ON django_content_type TO consilium_app")
    superuser_connection.commit()
    leave_a_row()


@pytest.mark.django_db
def test_what_a_test_does_in_its_transaction_is_rolled_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('django_content_type', 'INSERT')")
        assert cursor.fetchone() == (False,)


def test_a_clone_admits_only_the_roles(connect: Callable[..., psycopg.Connection]) -> None:
    found = connect("superuser").execute(
        "SELECT count(*) FROM pg_database, aclexplode(datacl) "
        "WHERE datname = current_database() AND grantee = 0"
    )
    assert found.fetchone() == (0,)
    for role in ("owner", "app", "sealer", "auditor", "eraser"):
        assert connect(role).execute("SELECT current_user").fetchone() == (f"consilium_{role}",)


def test_no_role_is_more_than_it_must_be(connect: Callable[..., psycopg.Connection]) -> None:
    found = connect("app").execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'consilium%' "
        "AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)"
    )
    assert found.fetchall() == []


@pytest.mark.parametrize("role", ["app", "sealer", "auditor", "eraser"])
def test_only_the_owner_makes_tables(role: str, connect: Callable[..., psycopg.Connection]) -> None:
    for statement in ("CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "CREATE SCHEMA mine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect(role).execute(statement)


def test_the_cache_is_the_worker_s_own(own_databases: databases.TestDatabases) -> None:
    assert cache._address == own_databases.environment()["REDIS_URL"]


def test_the_digest_of_the_schema_follows_what_migrations_import() -> None:
    assert databases.schema_digest() == databases.schema_digest()
    names = {str(path.relative_to(databases.ROOT)) for path in databases.schema_files()}
    assert {"config/sql/roles.sql", "requirements/base.txt"} <= names
    assert not any(name.startswith("tests/") for name in names)
