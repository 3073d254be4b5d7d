"""Test databases: one migrated template, a clone per worker, a fresh clone after each test that commits.

The owner migrates the template once for a given set of migrations and keeps it for later runs;
tests connect as the service does, as consilium_app.
"""

import ast
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from config import embedded, locks, roles
from config.embedded_valkey import DATABASES

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".consilium" / "test"
TEMPLATES_KEPT = 3


class TestDatabases:
    """The databases of one test process on the test servers."""

    __test__ = False

    def __init__(self, endpoints: embedded.Endpoints) -> None:
        self.endpoints = endpoints
        self.redis_number, self._redis_lock = _own_redis_number()
        # The session lock on this number tells other processes that our clones are in use; it ends with us.
        self.token = secrets.randbelow(2**31)
        # The superuser makes and drops clones: only it can drop one that a superuser just used.
        self._admin = psycopg.connect(endpoints.database_url("superuser", "postgres"), autocommit=True)
        self._admin.execute("SELECT pg_advisory_lock(%s)", [self.token])
        self._count = 0
        self.template = ""
        self.name = "postgres"  # until the first clone: nothing of ours is there to be broken

    def environment(self, role: str = "app") -> dict[str, str]:
        """The variables by which settings, and a subprocess, use the present clone in a role."""
        return self.endpoints.environment(role, self.name, self.redis_number)

    def connect(self, role: str, **options: object) -> psycopg.Connection:
        """A psycopg connection to the present clone as owner, app, sealer, auditor, eraser or superuser."""
        return psycopg.connect(self.endpoints.database_url(role, self.name), **options)

    def clone(self) -> None:
        """Replace the present clone with a fresh one; its name is in .name."""
        self.drop()
        self._count += 1
        self.name = f"clone_{self.token}_{self._count}"
        self._run(
            "CREATE DATABASE {} OWNER consilium_owner TEMPLATE {} STRATEGY wal_log", self.name, self.template
        )
        # A clone does not inherit the privileges on the database itself.
        self._run("REVOKE ALL ON DATABASE {} FROM PUBLIC", self.name)
        for role in roles.ROLES:
            self._run("GRANT CONNECT ON DATABASE {} TO {}", self.name, roles.role_name(role))

    def drop(self) -> None:
        """Drop the present clone, also while somebody is connected."""
        if self._count:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def close(self) -> None:
        """Drop what is ours and leave the servers."""
        self.drop()
        self._admin.close()
        locks.release(self._redis_lock)

    def prepare(self) -> None:
        """Drop the clones of dead runs, and make the template if no earlier run left it."""
        with locks.exclusive(HOME / "run" / "template.lock"):
            self._drop_orphans()
            self.template = f"template_{schema_digest()}"
            if self.template not in self._names("template_%"):
                self._make_template()
            self._drop_old_templates()

    def _make_template(self) -> None:
        building = f"building_{self.token}"
        roles.create_database(self.endpoints.database_url("superuser", "postgres"), building)
        roles.apply(self.endpoints.database_url("superuser", building))
        _migrate(self.endpoints.environment("owner", building, self.redis_number))
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", building)
        self._run("ALTER DATABASE {} RENAME TO {}", building, self.template)

    def _drop_orphans(self) -> None:
        locked = self._admin.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory'")
        in_use = {token for (token,) in locked}
        for name in self._names("clone_%") + self._names("building_%"):
            if int(name.split("_")[1]) not in in_use:
                self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _drop_old_templates(self) -> None:
        others = [name for name in self._names("template_%") if name != self.template]
        for name in others[: -(TEMPLATES_KEPT - 1)]:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _names(self, pattern: str) -> list[str]:
        found = self._admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid",
            [pattern.replace("_", r"\_")],
        )
        return [name for (name,) in found]

    def _run(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def start_servers() -> embedded.Endpoints:
    """Start or join the test servers, whose own home and ports keep them away from a running service."""
    return embedded.start(HOME, lambda line: None, durable=False)


def schema_digest() -> str:
    """Twelve hex digits that change with the content of any of the schema's files."""
    content = hashlib.sha256()
    for path in sorted(schema_files()):
        content.update(
            f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return content.hexdigest()[:12]


def schema_files() -> set[Path]:
    """What makes the schema: the migrations and all that they import, SQL files, the locked packages."""
    files = {*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/sql/*.sql"), ROOT / "requirements" / "base.txt"}
    todo = list(files)
    while todo:
        new = _imported(todo.pop()) - files
        files |= new
        todo += new
    return files


def _imported(path: Path) -> set[Path]:
    """The project's own files that a Python file imports."""
    if path.suffix != ".py":
        return set()
    package = ".".join(path.relative_to(ROOT).parent.parts)
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return {file for name in names for file in _files_of(name)}


def _files_of(module: str) -> Iterator[Path]:
    place = ROOT.joinpath(*module.split("."))
    yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file())


def _migrate(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"The migrations failed:\n{done.stdout}{done.stderr}")


def _own_redis_number() -> tuple[int, int]:
    """The first numbered Valkey database that no other test process uses, and the lock that keeps it ours."""
    for number in range(1, DATABASES):
        lock = locks.hold(HOME / "run" / f"redis-{number}.lock")
        if lock is not None:
            return number, lock
    raise RuntimeError(f"All {DATABASES} Valkey databases are in use by other test runs.")


def flush_redis(url: str) -> None:
    """Empty one numbered database."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()
