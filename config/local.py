"""The servers of `make demo` and `make run`: embedded, unless DATABASE_URL and REDIS_URL name others."""

import os
from collections.abc import Callable
from typing import Any

from django.conf import settings

from config import embedded
from config.env import SettingsError
from config.migrating import is_migrated, migrate


def prepare(say: Callable[[str], Any]) -> dict[str, str]:
    """Make sure that the servers run and the database is in step; returns the environment of the web service."""
    if os.environ.get("DATABASE_URL"):
        if not is_migrated():
            raise SettingsError(
                "The database behind DATABASE_URL is not in step: run `manage.py migrate` as its owner first."
            )
        return {}
    there = embedded.endpoints(settings.HOME)
    if not is_migrated():
        say("Preparing the database")
        migrate(there.environment("owner"))
    return there.environment("app")
