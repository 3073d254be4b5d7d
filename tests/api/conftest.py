"""What every test of the API has."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache


@pytest.fixture(scope="session", autouse=True)
def _static_root() -> None:
    """The static files' middleware wants its folder to be there."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    """Attempts to sign in are counted in the cache, which tests share."""
    cache.clear()
