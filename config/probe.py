"""Whether a process of the service works, asked from beside it: `python -m config.probe web|worker|beat|sealer`.

For the health checks of containers; the exit status is the answer, and a line on standard error says why not.
"""

import socket
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from config.env import env_int, env_list, env_str

# Beat writes its schedule down every three minutes.
LONGEST_SILENCE = 600
# A round is two seconds and the sealing of what has come in since.
SEALERS_LONGEST_SILENCE = 120


def web() -> str:
    """Ask /readyz as one of our own hosts; what is wrong, or nothing."""
    host = env_list("ALLOWED_HOSTS", ["localhost"])[0].lstrip(".")
    connection = HTTPConnection("127.0.0.1", env_int("PORT", 8000), timeout=5)
    connection.request("GET", "/readyz", headers={"Host": host})
    answer = connection.getresponse()
    return "" if answer.status == 200 else f"/readyz answers {answer.status}: {answer.read(2000).decode()}"


def worker() -> str:
    """Send the worker of this machine a ping through the broker; what is wrong, or nothing."""
    from config.celery import app

    name = f"celery@{socket.gethostname()}"
    return "" if app.control.inspect(destination=[name], timeout=5).ping() else f"{name} doesn't answer"


def beat() -> str:
    """Look at the age of beat's schedule (BEAT_SCHEDULE); what is wrong, or nothing."""
    schedule = Path(env_str("BEAT_SCHEDULE", "/tmp/beat-schedule"))  # noqa: S108
    written = [path.stat().st_mtime for path in schedule.parent.glob(f"{schedule.name}*")]
    if not written:
        return f"there is no {schedule}"
    silent = time.time() - max(written)
    return "" if silent < LONGEST_SILENCE else f"beat was last seen {silent:.0f} s ago"


def sealer() -> str:
    """Look at the age of the sealer's last round (SEALER_RECORDS); what is wrong, or nothing."""
    alive = Path(env_str("SEALER_RECORDS")) / "alive"
    silent = time.time() - alive.stat().st_mtime
    return "" if silent < SEALERS_LONGEST_SILENCE else f"the sealer was last seen {silent:.0f} s ago"


PROBES: Final[dict[str, Callable[[], str]]] = {"web": web, "worker": worker, "beat": beat, "sealer": sealer}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PROBES:
        sys.exit(f"Say which: {', '.join(PROBES)}.")
    try:
        sys.exit(PROBES[sys.argv[1]]() or 0)
    except OSError as error:
        sys.exit(f"{sys.argv[1]} can't be reached: {error.strerror or error}")
