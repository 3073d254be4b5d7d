"""PostgreSQL and Valkey inside one folder, for demonstrations, tests and a developer's machine.

Several processes may share the servers of a home: each holds a shared lock, and the last to leave stops them.
"""

import atexit
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from config import embedded_postgres as postgres
from config import embedded_process as process
from config import embedded_valkey as valkey
from config import locks, roles
from config.embedded_process import EmbeddedError, Progress

__all__ = [
    "EmbeddedError",
    "Endpoints",
    "crash_postgres",
    "endpoints",
    "environment",
    "leave",
    "start",
    "stop",
]

# Which homes this process uses, with the descriptor of its shared lock.
_in_use: dict[Path, int] = {}


@dataclass(frozen=True)
class Endpoints:
    """Where the running servers of a home answer."""

    home: Path
    postgres_port: int
    valkey_port: int

    def database_url(self, role: str = "app", database: str = roles.DATABASE) -> str:
        """The address of a database as owner, app, sealer, auditor, eraser or superuser."""
        return postgres.url(self.home, self.postgres_port, role, database)

    def redis_url(self, number: int = 0) -> str:
        """The address of one of the 64 numbered databases of Valkey."""
        return valkey.url(self.home, self.valkey_port, number)

    def environment(
        self, role: str = "app", database: str = roles.DATABASE, number: int = 0
    ) -> dict[str, str]:
        """The variables by which a subprocess finds these servers."""
        return {
            "CONSILIUM_HOME": str(self.home),
            "DATABASE_URL": self.database_url(role, database),
            "REDIS_URL": self.redis_url(number),
        }


def start(home: Path, progress: Progress = print, *, durable: bool = True) -> Endpoints:
    """Start the servers of a home, or join those that run; EmbeddedError with one sentence if that fails."""
    home = home.absolute()
    with _sentences(home):
        process.make_room(home)
        with locks.exclusive(
            home / "run" / "start.lock",
            lambda: progress("Waiting for another process that starts the servers"),
        ):
            _join(home)
            _ensure_postgres(home, durable=durable, progress=progress)
            _ensure_valkey(home, progress=progress)
            return endpoints(home)


def leave(home: Path) -> None:
    """Say that this process needs the servers no more; the last one that leaves stops them."""
    home = home.absolute()
    if home not in _in_use:
        return
    with _sentences(home), locks.exclusive(home / "run" / "start.lock"):
        locks.release(_in_use.pop(home))
        if not locks.is_held(home / "run" / "users.lock"):
            _stop(home)


def stop(home: Path) -> None:
    """Stop the servers of a home even if others use them."""
    home = home.absolute()
    if (home / "run").is_dir():
        with _sentences(home), locks.exclusive(home / "run" / "start.lock"):
            _stop(home)


def crash_postgres(home: Path) -> None:
    """Stop PostgreSQL without a clean end, to see what a crash leaves; start() then recovers it."""
    home = home.absolute()
    with _sentences(home), locks.exclusive(home / "run" / "start.lock"):
        postgres.stop(home, immediate=True)


def endpoints(home: Path) -> Endpoints:
    """Where the servers of a home answer, as their last start stored it; EmbeddedError before the first."""
    ports = _ports(home.absolute())
    if not {"postgres", "valkey"} <= ports.keys():
        raise EmbeddedError(f"No servers were ever started in {home}.")
    return Endpoints(home.absolute(), ports["postgres"], ports["valkey"])


def environment(home: Path, role: str = "app") -> dict[str, str]:
    """The variables by which a subprocess uses a home's servers in a role."""
    return endpoints(home).environment(role)


def _join(home: Path) -> None:
    if home not in _in_use:
        descriptor = locks.hold(home / "run" / "users.lock", shared=True, wait=True)
        assert descriptor is not None
        _in_use[home] = descriptor
        atexit.register(partial(_leave_at_exit, home, os.getpid()))


def _leave_at_exit(home: Path, pid: int) -> None:
    # A forked child inherits this call, but the servers are not its to stop.
    if os.getpid() == pid and home.is_dir():
        try:
            leave(home)
        except EmbeddedError as error:
            print(error, file=sys.stderr)  # noqa: T201


def _ensure_postgres(home: Path, *, durable: bool, progress: Progress) -> None:
    if locks.is_held(postgres.lock_file(home)):
        port = _ports(home).get("postgres", 0)
        if postgres.answers(home, port):
            # A start that was cut off may have left a server without its roles.
            if not postgres.is_prepared(home, port):
                _prepare_roles(home)
            return
        progress("Stopping a PostgreSQL that doesn't answer")
        postgres.stop(home)
    for port in _ports_to_try(home, "postgres"):
        progress("Starting PostgreSQL")
        try:
            postgres.start(home, port, durable=durable, progress=progress)
            break
        except EmbeddedError:
            if locks.is_held(postgres.lock_file(home)) or process.port_is_free(port):
                raise
    else:
        raise EmbeddedError("PostgreSQL found no free port on 127.0.0.1 in three tries.")
    _prepare_roles(home)


def _prepare_roles(home: Path) -> None:
    address = partial(postgres.url, home, _ports(home)["postgres"], "superuser")
    roles.create_database(address("postgres"))
    superuser = address()
    roles.apply(superuser)
    roles.set_passwords(superuser, {role: roles.secret(home, f"postgres_{role}") for role in roles.ROLES})


def _ensure_valkey(home: Path, *, progress: Progress) -> None:
    if locks.is_held(valkey.lock_file(home)):
        if valkey.answers(home, _ports(home).get("valkey", 0)):
            return
        valkey.stop(home, _ports(home).get("valkey", 0))
    for port in _ports_to_try(home, "valkey"):
        progress("Starting Valkey")
        try:
            return valkey.start(home, port, data=postgres.data_folder(home), progress=progress)
        except EmbeddedError:
            if locks.is_held(valkey.lock_file(home)) or process.port_is_free(port):
                raise
    raise EmbeddedError("Valkey found no free port on 127.0.0.1 in three tries.")


def _stop(home: Path) -> None:
    valkey.stop(home, _ports(home).get("valkey", 0))
    postgres.stop(home)


def _ports_to_try(home: Path, server: str) -> Iterator[int]:
    # The port of the last start first, so that noted addresses stay true; another when it is taken.
    last = _ports(home).get(server)
    if last and process.port_is_free(last):
        yield last
    for _ in range(3):
        port = process.free_port()
        _write_ports(home, _ports(home) | {server: port})
        yield port


def _ports(home: Path) -> dict[str, int]:
    try:
        return dict(json.loads((home / "run" / "ports.json").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _write_ports(home: Path, ports: dict[str, int]) -> None:
    unfinished = home / "run" / "ports.new"
    unfinished.write_text(json.dumps(ports))
    unfinished.rename(home / "run" / "ports.json")


@contextmanager
def _sentences(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or home
        raise EmbeddedError(f"The embedded servers can't use {where}: {error.strerror or error}.") from error
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise EmbeddedError(f"The embedded PostgreSQL in {home} refuses to work: {reason}.") from error
