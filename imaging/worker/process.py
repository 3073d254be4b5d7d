"""The worker process as its owner sees it: one process for many files, killed and started again when it must be."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self, cast

from imaging.refusals import REFUSALS, Refused

from .leavings import remove
from .recipe import Prepared, Recipe

ROOT: Final = str(Path(__file__).resolve().parents[2])
# Isolated mode takes no path from the environment; the only argument is where the package lies.
START: Final = (
    "import runpy, sys; sys.path.insert(0, sys.argv[1]); "
    "runpy.run_module('imaging.worker', run_name='__main__')"
)
STARTING_SECONDS, GRACE_SECONDS = 60, 5
LONGEST_ANSWER = 64 << 20
# Chance of a leak in a codec: a process is replaced after so many files.
FILES_PER_PROCESS = 2_000
CLOSED: Final = "The worker was closed."
Answer = dict[str, Any]


class NotStarted(RuntimeError):
    """The process can't be begun on this machine: no file's fault, so none is refused for it."""


class Worker:
    """Prepares files in a process of its own: no environment, no key on its command line, ceilings on everything.

    It may be used from several threads, which take turns, and after a fork, where it starts a process anew.
    One bad file never loses its neighbours: a process that dies or hangs is replaced.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe, self._lock, self._closed = recipe, Lock(), False
        self._process: subprocess.Popen[bytes] | None = None
        self._owner, self._files, self._rest = 0, 0, b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return self._process.pid if self._process is not None else None

    def prepare(self, source: Path, target: Path) -> Prepared:
        """Read, check, de-identify and store one file; raises Refused, and then leaves nothing at `target`.

        OSError and NotStarted are not about the file: it may be tried again.
        """
        asked = {"do": "prepare", "source": str(source.absolute()), "target": str(target.absolute())}
        try:
            return cast(Prepared, self._ask(asked))
        except BaseException:
            remove(target)
            raise

    def unpack(self, archive: Path, folder: Path) -> list[dict[str, Any]]:
        """Unpack a ZIP into files 000001, 000002, … of a folder; raises Refused for the archive as a whole.

        One row per member: {"number", "size", "refused": its code or None}; refused members leave no file.
        """
        asked = {"do": "unpack", "source": str(archive.absolute()), "target": str(folder.absolute())}
        return cast(list[dict[str, Any]], self._ask(asked)["members"])

    def close(self) -> None:
        """End the process, and what it is at; nothing can be asked any more."""
        self._closed = True
        process = self._process
        if process is not None and self._owner == os.getpid():
            process.kill()  # who waits for an answer holds the lock, and hears of it
        with self._lock:
            self._end()

    def _ask(self, asked: dict[str, str]) -> Answer:
        seconds = self._recipe.limits.seconds_for(os.path.getsize(asked["source"]))
        with self._lock:
            try:
                answer = self._exchange(self._running(), asked, seconds)
            except BaseException:
                self._end()
                if self._closed:
                    raise NotStarted(CLOSED) from None
                raise
            if answer.pop("last", False) or self._files >= FILES_PER_PROCESS:
                self._end()
        if (code := answer.get("refused")) is not None:
            refused = Refused(code if code in REFUSALS else "failed", _registered(answer.get("named")))
            refused.series = _pseudonym(answer.get("series"))
            raise refused
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise NotStarted(CLOSED)
        if self._process is not None and self._owner != os.getpid():
            self._process = None  # our parent's: it belongs to them
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = _started()
            self._owner, self._files, self._rest = os.getpid(), 0, b""
            self._begin(self._process)
        return self._process

    def _begin(self, process: subprocess.Popen[bytes]) -> None:
        try:
            self._send(process, self._recipe.to_json())
            self._receive(process, monotonic() + STARTING_SECONDS)
        except Refused:
            raise NotStarted("The worker process that reads files did not start.") from None

    def _exchange(self, process: subprocess.Popen[bytes], asked: dict[str, str], seconds: int) -> Answer:
        self._files += 1
        self._send(process, asked)
        return self._receive(process, monotonic() + seconds)

    def _send(self, process: subprocess.Popen[bytes], told: dict[str, Any]) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise _reason(process) from None

    def _receive(self, process: subprocess.Popen[bytes], until: float) -> Answer:
        """The next line that the process writes; raises Refused when it dies or is silent too long."""
        assert process.stdout is not None
        there = [self._rest]
        while b"\n" not in there[-1]:
            if sum(map(len, there)) > LONGEST_ANSWER:
                raise Refused("failed")
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - monotonic()))
            if not ready:
                raise Refused("took_too_long")
            if not (data := os.read(process.stdout.fileno(), 1 << 16)):
                raise _reason(process)
            there.append(data)
        line, self._rest = b"".join(there).split(b"\n", 1)
        try:
            answer = json.loads(line)
        except ValueError:
            raise Refused("failed") from None
        if not isinstance(answer, dict):
            raise Refused("failed")
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _started() -> subprocess.Popen[bytes]:
    # -I: no environment, no user's packages; -B: writes no bytecode; -X utf8: whatever the locale.
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-W", "error", "-c", START, ROOT]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        env={}, cwd="/", start_new_session=True,
    )  # fmt: skip


def _reason(process: subprocess.Popen[bytes]) -> Refused:
    """Why a process died: its own clock, the machine's memory, or anything else."""
    try:
        status = process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return Refused("failed")
    ended = {-signal.SIGXCPU: "took_too_long", -signal.SIGKILL: "too_much_memory"}
    return Refused(ended.get(status, "failed"))


def _pseudonym(told: Any) -> str:
    """A UID if it is one; a process that read a hostile file is not believed blindly."""
    return told if isinstance(told, str) and len(told) <= 64 and told.replace(".", "").isdecimal() else ""


def _registered(named: object) -> str:
    """A transfer syntax's registered name; nothing else of what the process says is repeated."""
    from pydicom.uid import AllTransferSyntaxes

    return str(named) if any(named == known.name for known in AllTransferSyntaxes) else ""
