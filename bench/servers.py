"""The servers that benches run on: PostgreSQL and Valkey under a home of their own, a new database for each use."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config import embedded, locks, roles
from config.local import sealer_environment
from config.migrating import migrate
from config.serving import ROOT

_TEMPLATE = "bench_template"


class BenchFailed(Exception):
    """A process of a bench did not do its part; the sentence is its last."""


class Database:
    """One database of a bench, as new, with a sealer's key and records of its own."""

    def __init__(self, there: embedded.Endpoints, name: str) -> None:
        self._there, self.name = there, name
        self.files = there.home / "files" / name  # images, and what is served as it lies

    def connect(self, role: str) -> psycopg.Connection[Any]:
        """A connection as owner, app, sealer, auditor or superuser; each statement is a transaction."""
        return psycopg.connect(self._there.database_url(role, self.name), autocommit=True)

    def url(self, role: str = "app") -> str:
        """Where it is, for a role."""
        return self._there.database_url(role, self.name)

    def allow_histories_alone(self) -> None:
        """Take off the one trigger by which an event of a case needs the case's row; the log's own rules stay."""
        with self.connect("owner") as connection:
            table = sql.Identifier("audit_event")
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER z_case").format(table))

    def analyze(self) -> None:
        """Let the planner know what is there, as autovacuum would in time."""
        with self.connect("superuser") as connection:
            connection.execute("VACUUM ANALYZE")

    def environment(self, role: str = "app") -> dict[str, str]:
        """What a process needs to work in this database; jobs run where they are sent."""
        base = sealer_environment(self._there)
        clean = {key: value for key, value in os.environ.items() if not key.endswith(("_FILE", "_PASSWORD"))}
        ours = self._there.environment(role, self.name, 1)
        records = {
            "SEALER_RECORDS": str(self._there.home / "records" / self.name),
            "SEALER_DATABASE_URL": self._there.database_url("sealer", self.name),
        }
        folders = {"IMAGES_FOLDER": str(self.files / "images"), "STATIC_ROOT": str(self.files / "static")}
        keys = {"IMAGES_KEY": "be" * 32}  # one, for what a process of the bench names is asked of another
        return {
            **clean,
            **base,
            **ours,
            **records,
            **folders,
            **keys,
            "JOBS_INLINE": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def run(self, module: str, *arguments: object, role: str = "app") -> dict[str, Any]:
        """Run one of bench.inside's modules in a process of its own and return what it tells."""
        with self.start(module, *arguments, role=role) as process:
            out, _ = process.communicate()
        if process.returncode:
            raise BenchFailed(f"bench.inside.{module} ended with {process.returncode}.")
        told: dict[str, Any] = json.loads(out.splitlines()[-1])
        return told

    def start(self, module: str, *arguments: object, role: str = "app") -> "subprocess.Popen[str]":
        """Start one of bench.inside's modules, to be spoken with by lines."""
        return subprocess.Popen(
            [sys.executable, "-m", f"bench.inside.{module}", *map(str, arguments)],
            cwd=ROOT, env=self.environment(role), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip


class Servers:
    """The running servers of a home that is the benches' alone."""

    def __init__(self, home: Path, say: Callable[[str], None]) -> None:
        self.home, self._say = home, say
        self._there = embedded.start(home, say)
        # Two runs at once would drop each other's databases; the lock ends with this process.
        self._lock = locks.hold(home / "run" / "bench.lock")
        if self._lock is None:
            raise BenchFailed("Another run of the benches is using these servers: wait for its end.")
        self._make_template()

    @contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """A database with the service's schema and nothing in it; it is dropped afterwards."""
        name = f"bench_{name}"
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._run("CREATE DATABASE {} OWNER consilium_owner TEMPLATE {}", name, _TEMPLATE)
        for role in roles.ROLES:
            self._run("GRANT CONNECT ON DATABASE {} TO {}", name, roles.role_name(role))
        for record in (self.home / "records" / name).glob("*"):
            record.unlink()
        new = Database(self._there, name)
        shutil.rmtree(new.files, ignore_errors=True)
        try:
            yield new
        finally:
            shutil.rmtree(new.files, ignore_errors=True)
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _make_template(self) -> None:
        self._say("Preparing the database")
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", _TEMPLATE)
        roles.create_database(self._there.database_url("superuser", "postgres"), _TEMPLATE)
        roles.apply(self._there.database_url("superuser", _TEMPLATE))
        migrate(self._there.environment("owner", _TEMPLATE))

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(
            self._there.database_url("superuser", "postgres"), autocommit=True
        ) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
