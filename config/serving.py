"""The service's processes on one machine: web, worker, beat and sealer, as production runs them."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import FrameType, TracebackType

from config.env import SettingsError, env_int

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
# What `python` is given for each process, here and in docker-compose.yml.
WEB = (
    *("-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--no-ws"),
    *("--workers", "2", "--blocking-threads", "8", "--log-level", "warning"),
)
WORKER = ("-m", "celery", "-q", "-A", "config.celery", "worker", "--without-mingle", "--without-gossip")
BEAT = ("-m", "celery", "-q", "-A", "config.celery", "beat", "--pidfile=")
SEALER = ("manage.py", "seal")


def port_from_environment() -> int:
    """PORT, 8000 by default; SettingsError with a sentence if somebody else listens there."""
    port = env_int("PORT", 8000, least=1, most=65535)
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SettingsError(
                f"Port {port} is in use: stop what listens there, or set PORT to another."
            ) from None
    return port


class Processes:
    """Child processes that live and end together; leaving the block stops them."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home, self.environment = home, {**os.environ, **environment}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Processes":
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.running.values():
            child.terminate()
        for child in self.running.values():
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()

    def start_jobs(self) -> None:
        """Start the worker and the beat that sends it what is due."""
        schedule = str(self.home / "run" / "beat-schedule")
        self._start("worker", *WORKER, "--concurrency", "1")
        self._start("beat", *BEAT, "--schedule", schedule)

    def start_sealer(self, environment: dict[str, str]) -> None:
        """Start the sealer, which alone has its role and the log key."""
        self._start("sealer", *SEALER, environment=environment)

    def start_web(self, port: int) -> None:
        """Start the web service under the production server."""
        # The processes of the web service add up their numbers in a folder, which begins empty.
        numbers = self.home / "run" / "metrics"
        shutil.rmtree(numbers, ignore_errors=True)
        numbers.mkdir(parents=True)
        self.environment["PROMETHEUS_MULTIPROC_DIR"] = str(numbers)
        self._start("web", *WEB, "--host", "127.0.0.1", "--port", str(port))

    def wait(self) -> int:
        """Wait until one of them ends or Ctrl-C; returns the exit code for this process."""
        try:
            while True:
                for name, child in self.running.items():
                    if child.poll() is not None:
                        ended = f"The {name} process ended: see {self.home / 'logs' / name}.log\n"
                        sys.stderr.write(ended)
                        return 1
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0

    def _start(self, name: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
        logs = self.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        (self.home / "run").mkdir(exist_ok=True)
        with (logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment | (environment or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                preexec_fn=_end_with_parent,
            )


def _end_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed: an orphan would keep the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _leave(number: int, frame: FrameType | None) -> None:
    # Python skips its clean-up on these signals; an exit runs it, and the embedded servers stop.
    raise SystemExit(128 + number)
