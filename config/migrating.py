"""Migrations run as the owner, in a process of their own; the service itself never has the owner's rights."""

import os
import subprocess
import sys

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.env import SettingsError
from config.serving import ROOT


def is_migrated() -> bool:
    """Whether the database is in step with the code."""
    if "django_migrations" not in connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate(owner_environment: dict[str, str]) -> None:
    """Bring the database in step; SettingsError if it can't be done."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, **owner_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SettingsError(f"The database could not be migrated: {last}")
