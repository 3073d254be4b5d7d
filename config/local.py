"""The servers of `make demo` and `make run`: embedded, unless DATABASE_URL and REDIS_URL name others."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from audit.keys import make_key
from config import embedded
from config.env import SettingsError
from config.migrating import is_migrated, migrate


@dataclass(frozen=True)
class Environments:
    """What the processes of the service are started with; no sealer where the database is somebody else's."""

    service: dict[str, str]
    sealer: dict[str, str] | None


def prepare(say: Callable[[str], Any]) -> Environments:
    """Make sure that the servers run and the database is in step; returns the processes' environments."""
    if os.environ.get("DATABASE_URL"):
        if not is_migrated():
            raise SettingsError(
                "The database behind DATABASE_URL is not in step: run `manage.py migrate` as its owner first."
            )
        return Environments({}, None)
    there = embedded.endpoints(settings.HOME)
    if not is_migrated():
        say("Preparing the database")
        migrate(there.environment("owner"))
    return Environments(there.environment("app"), sealer_environment(there))


def sealer_environment(there: embedded.Endpoints) -> dict[str, str]:
    """The sealer's role, its key, which is made when there is none, and its folder for the last signed heads."""
    key = there.home / "secrets" / "log.key"
    if not key.exists():
        make_key(key)
    records = {"LOG_KEY_FILE": str(key), "SEALER_RECORDS": str(there.home / "records")}
    return {**there.environment("sealer"), **records}
