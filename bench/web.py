"""The web service as `manage.py serve` starts it, but in production's settings, for a bench's database."""

import http.client
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from config.serving import ROOT, WEB

from .servers import BenchFailed, Database

OURS = "config.wsgi:application"
PATIENCE_SECONDS = 60


@contextmanager
def serving(
    database: Database, folder: Path, application: str = OURS, settings: str = "config.settings"
) -> Iterator[int]:
    """Serve an application; gives the port. Both sides of a bench run under the same server with the same options."""
    port = _free_port()
    numbers = folder / f"numbers-{port}"
    numbers.mkdir()
    environment = database.environment() | {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_HOST": "localhost/consilium",
        "DJANGO_SETTINGS_MODULE": settings,
        "PROMETHEUS_MULTIPROC_DIR": str(numbers),
    }
    options = [application if option == OURS else option for option in WEB]
    with (folder / f"web-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *options, "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait_for(port, process, folder / f"web-{port}.log")
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                return
        except OSError:
            time.sleep(0.1)
    raise BenchFailed(f"The web service did not start: {log.read_text()[-400:]}")
