"""What every test of the API has."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    """Attempts to sign in are counted in the cache, which tests share."""
    cache.clear()
