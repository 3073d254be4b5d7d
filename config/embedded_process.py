"""Runs a server of the embedded pair: as whom, on which port, and how to see that it lives."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config import locks

NOBODY = 65534
# Held here, so that a server that ended is reaped by poll() and none is reported as abandoned.
_started: list[subprocess.Popen[bytes]] = []

Progress = Callable[[str], object]


class EmbeddedError(Exception):
    """An embedded server can't run; the sentence says why. Mend that, or set DATABASE_URL and REDIS_URL."""


@dataclass(frozen=True)
class Runner:
    """Under which identity the servers run: a command put before theirs, or a user id to drop to."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run a short command to its end and return its output as text."""
        return subprocess.run(
            [*self.prefix, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/",
            env=_environment(), check=False, **self._identity(),
        )  # fmt: skip

    def spawn(
        self, command: Sequence[str | Path], *, log: Path, lock: int, given: str = ""
    ) -> "subprocess.Popen[bytes]":
        """Start a server in a session of its own, which keeps the lock while any part of it lives."""
        if log.exists():
            log.replace(log.with_suffix(".last.log"))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*self.prefix, *command], stdin=subprocess.PIPE, stdout=output, stderr=output, cwd="/",
                env=_environment(), start_new_session=True, pass_fds=[lock], **self._identity(),
            )  # fmt: skip
        _started.append(process)
        assert process.stdin is not None
        # A server that ended at once is reported with its reason by wait_until_ready().
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(given.encode())
        return process

    def give(self, path: Path) -> None:
        """Make the runner the owner of a path, where it isn't us."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)

    def _identity(self) -> dict[str, Any]:
        return {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}


def choose_runner(home: Path, data: Path, program: Path) -> Runner:
    """The identity for servers with this data folder: ours, or as root another that can reach it."""
    if os.geteuid() != 0:
        return Runner()
    candidates = _candidates(home, data)
    for runner in candidates:
        if _can_serve(runner, data, program):
            return runner
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root, and no unprivileged user can use {data}: "
        "run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _candidates(home: Path, data: Path) -> list[Runner]:
    # In a user namespace root's files belong to an ordinary user: even a folder closed to others works.
    namespace = Runner(prefix=("unshare", "--user", "--map-user=1000", "--map-group=1000", "--"))
    if data.exists():
        owner = data.stat().st_uid
        return [namespace if owner == 0 else Runner(uid=owner)]
    owner = home.stat().st_uid
    return [namespace, *([Runner(uid=owner)] if owner else []), Runner(uid=NOBODY)]


def _can_serve(runner: Runner, data: Path, program: Path) -> bool:
    made = not data.exists()
    data.mkdir(parents=True, exist_ok=True)
    runner.give(data)
    try:
        trial = ["/bin/sh", "-c", 'test -w "$0" && exec "$1" --version', str(data), str(program)]
        return runner.run(trial).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
    finally:
        if made:
            data.rmdir()


def package_folder(package: str) -> Path:
    """Where an installed wheel lies, without importing it; EmbeddedError when it isn't installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {package} is not installed: run make setup, or set DATABASE_URL and REDIS_URL."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, as the system chooses it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(
    is_ready: Callable[[], bool],
    process: "subprocess.Popen[bytes]",
    *,
    name: str,
    log: Path,
    progress: Progress,
) -> None:
    """Return when the server answers; EmbeddedError when it ends first or takes two minutes."""
    began = reported = time.monotonic()
    while not is_ready():
        if process.poll() is not None:
            raise EmbeddedError(f"{name} could not start: {last_complaint(log)} (the whole log is {log}).")
        if time.monotonic() - began > 120:
            raise EmbeddedError(f"{name} did not answer within two minutes: see {log}.")
        if time.monotonic() - reported > 5:
            reported = time.monotonic()
            progress(f"{name} is still starting ({reported - began:.0f} s)")
        time.sleep(0.02)


def wait_until_gone(lock: Path, seconds: float) -> bool:
    """Whether the server that keeps this lock ended, with all of its children, within the time."""
    deadline = time.monotonic() + seconds
    while locks.is_held(lock):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    _started[:] = [process for process in _started if process.poll() is None]
    return True


def send_signal(pid: int, number: signal.Signals) -> None:
    """Signal a process; one that is gone already is no error."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise EmbeddedError(f"Process {pid} belongs to another user: stop it as that user.") from None


def last_complaint(log: Path) -> str:
    """The newest line of a server's log that tells of a failure, without its time stamp."""
    lines = log.read_text(errors="replace").splitlines()
    # The answer that our own questions got meanwhile is no complaint.
    lines = [line for line in lines if "the database system is" not in line]
    for word in ("FATAL:", "PANIC:", "could not", "ERROR", "error", "Can't", "Could not"):
        for line in reversed(lines):
            if word in line:
                return line[line.index(word) :].removeprefix("FATAL:").removeprefix("PANIC:").strip()
    return lines[-1] if lines else "it said nothing"


def make_room(home: Path) -> None:
    """Make the home and its folders that only we may read; EmbeddedError when the disk is nearly full."""
    home.mkdir(parents=True, exist_ok=True)
    for name in ("run", "logs", "secrets"):
        (home / name).mkdir(mode=0o700, exist_ok=True)
    free = shutil.disk_usage(home).free // 2**20
    if free < 200:
        raise EmbeddedError(
            f"The disk that holds {home} is nearly full: {free} MB are free, 200 MB are needed."
        )


def _environment() -> dict[str, str]:
    # PGPORT, PGDATA and the like in somebody's shell would steer our server.
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
