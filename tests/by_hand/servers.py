"""PostgreSQL and Redis of this machine, started in a folder as docker-compose.yml has them, for a check by hand."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

Process = subprocess.Popen[bytes]
PATIENCE_SECONDS = 60.0


class Missing(Exception):
    """The machine lacks a program that the check needs."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(variable: str, names: Sequence[str], folders: Iterable[Path] = ()) -> Path:
    """A program: the one that a variable names, or the first that is found."""
    if os.environ.get(variable):
        return Path(os.environ[variable])
    installed = [Path(found) for name in names if (found := shutil.which(name))]
    beside = [folder / name for folder in folders for name in names if (folder / name).exists()]
    if installed or beside:
        return (installed + beside)[0]
    raise Missing(f"None of {', '.join(names)} is installed: install one, or name it in {variable}.")


def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL's programs (POSTGRES_BIN)."""
    if os.environ.get("POSTGRES_BIN"):
        return Path(os.environ["POSTGRES_BIN"])
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return installed[-1] if installed else program("INITDB", ["initdb"]).resolve().parent


def identity(uid: int) -> dict[str, Any]:
    """As whom a process runs: as root another user, as containers do; else as ourselves."""
    return {"user": uid, "group": uid, "extra_groups": []} if os.geteuid() == 0 else {}


def reachable_python(uid: int) -> str:
    """A Python (PYTHON, ours, the system's) that the other user can run too: root's own may lie in a closed folder."""
    for python in (os.environ.get("PYTHON"), os.path.realpath(sys.executable), "/usr/bin/python3"):
        try:
            if (
                python
                and subprocess.run([python, "--version"], capture_output=True, **identity(uid)).returncode
                == 0
            ):
                return python
        except OSError:
            continue
    raise Missing("No Python that another user can run: name one in PYTHON.")


def wait_until(ready: Callable[[], bool], what: str, process: Process | None = None) -> None:
    """Return when it is ready; RuntimeError when the process ended, or after a minute."""
    began = time.monotonic()
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise RuntimeError(f"{what} was not ready within a minute")
        time.sleep(0.1)


def make_cluster(home: Path, arguments: str, password: Path, uid: int) -> None:
    """initdb with the compose file's arguments; what an older PostgreSQL lacks is said otherwise."""
    initdb = postgres_programs() / "initdb"
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    words = arguments.split()
    if (
        int(version.split()[-1].split(".")[0] if "(" not in version else version.split()[2].split(".")[0])
        < 17
    ):
        words = [word for word in words if "builtin" not in word] + ["--locale=C.UTF-8"]
    command = [initdb, "-D", home, "--username=postgres", f"--pwfile={password}", "--no-instructions", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **identity(uid))


def start_postgres(home: Path, port: int, log: Path, uid: int) -> Process:
    """Start the server on loopback."""
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
    command: list[Any] = [postgres_programs() / "postgres", "-D", home]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, cwd="/", **identity(uid))


def answers(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
