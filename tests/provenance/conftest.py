"""One study's bundles, made once for all tests that only look at bundles or forge them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import TestDatabases

if TYPE_CHECKING:  # models can be imported only once Django is set up
    from tests.provenance.epochs import EpochBundles
    from tests.provenance.forging import Bundles


@contextmanager
def unblocked(blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database outside of a test, and a fresh clone for the tests afterwards (see tests/conftest.py)."""
    with blocker.unblock():
        yield
        connections.close_all()
        TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def bundles(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    own_databases: TestDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Bundles":
    """Every profile of a study that went through all tiers, with the log's key. Nobody changes these files."""
    from tests.provenance.forging import make_bundles

    with unblocked(django_db_blocker):
        return make_bundles(tmp_path_factory.mktemp("bundles"), own_databases)


@pytest.fixture(scope="session")
def epoch_bundles(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    own_databases: TestDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> "EpochBundles":
    """Every profile of a study whose log has three epochs, with the logs' keys. Nobody changes these files."""
    from tests.provenance.epochs import make_epoch_bundles

    with unblocked(django_db_blocker):
        return make_epoch_bundles(tmp_path_factory.mktemp("epochs"), own_databases)
