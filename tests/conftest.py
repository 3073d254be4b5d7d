"""What every test has: its own database as the app role, its own Valkey database, no network, no flush."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings

from config.database import parse_database_url
from config.embedded import EmbeddedError
from tests import databases, network

DATABASES = pytest.StashKey[databases.TestDatabases]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start or join the test servers and point the settings at them, before Django reads the settings."""
    sys.addaudithook(network.refuse)
    # What fails in CI must fail again; a developer's runs, and `make soak`, draw other examples each time.
    # No deadline for an example: speed is measured in `make bench`, not by a machine that runs tests.
    hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
    hypothesis.settings.register_profile("developer", deadline=None)
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "developer")
    try:
        servers = databases.start_servers()
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from None
    if runs_tests(config):
        config.stash[DATABASES] = there = databases.TestDatabases(servers)
        for name in ("DATABASE_URL_FILE", "REDIS_URL_FILE"):
            os.environ.pop(name, None)
        os.environ.update(
            there.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings", "JOBS_INLINE": "1"}
        )
        # Reads the settings now; pytest-django's own hook, which comes later, then sets Django up.
        _ = settings.DATABASES
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # the static files' middleware wants it


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop our databases."""
    if DATABASES in config.stash:
        config.stash[DATABASES].close()


def runs_tests(config: pytest.Config) -> bool:
    """Whether tests run in this process; with -n they run in workers, which inherit this environment."""
    return hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"


@pytest.fixture(scope="session")
def own_databases(request: pytest.FixtureRequest) -> databases.TestDatabases:
    """The databases of this process; for tests that need another role, or the environment of a subprocess."""
    return request.config.stash[DATABASES]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """pytest-django would rename the databases per worker; clones have names of their own."""


@pytest.fixture(scope="session")
def django_db_setup(own_databases: databases.TestDatabases, django_test_environment: None) -> Iterator[None]:
    """Clone the template for this worker; after a test that commits, clone again instead of flushing."""
    from django.db import connections
    from django.test import TransactionTestCase

    def fresh_clone(case: object = None) -> None:
        connections.close_all()
        own_databases.clone()
        os.environ.update(own_databases.environment())  # for the subprocesses of tests
        for connection in connections.all():
            connection.settings_dict.update(parse_database_url(os.environ["DATABASE_URL"]))

    own_databases.prepare()
    databases.flush_redis(own_databases.environment()["REDIS_URL"])
    fresh_clone()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", fresh_clone)
        yield
    connections.close_all()


@pytest.fixture
def images_folder(settings: Any, tmp_path: Path) -> Path:
    """A folder of images of this test's own."""
    settings.IMAGES_FOLDER = tmp_path / "images"
    return tmp_path / "images"


@pytest.fixture
def connect(
    transactional_db: None, own_databases: databases.TestDatabases
) -> Iterator[Callable[..., psycopg.Connection]]:
    """Opens psycopg connections as a role; they are closed after the test, and what they commit is gone."""
    opened: list[psycopg.Connection] = []

    def open_as(role: str, **options: object) -> psycopg.Connection:
        opened.append(own_databases.connect(role, **options))
        return opened[-1]

    yield open_as
    for connection in opened:
        connection.close()


@pytest.fixture
def owner_connection(connect: Callable[..., psycopg.Connection]) -> psycopg.Connection:
    """The role that owns the tables."""
    return connect("owner")


@pytest.fixture
def superuser_connection(connect: Callable[..., psycopg.Connection]) -> psycopg.Connection:
    """The role that may do anything, to show what only it can do."""
    return connect("superuser")
