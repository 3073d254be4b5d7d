"""The web service as a child process, under the production server."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from config.env import SettingsError, env_int

ROOT = Path(__file__).resolve().parent.parent


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


def serve(environment: dict[str, str], port: int) -> int:
    """Run the web service until it is stopped; returns its exit code."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8"),
        *("--no-ws", "--log-level", "warning"),
    ]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: child.send_signal(number))
    return child.wait()
