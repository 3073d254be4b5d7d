"""What the tests of signing in share: nobody's attempts are counted yet, and Anna has a password."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture(autouse=True)
def _quick_and_fresh(settings: Any) -> Iterator[None]:
    from django.core.cache import cache

    settings.ROOT_URLCONF = "tests.accounts.urls"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def anna(db: None) -> "User":
    """Anna, who can sign in by name and password."""
    from tests.accounts.signing_in import with_password

    return with_password("anna")
