"""A production process for tests: DEBUG=0 and all that it must say, in a process of its own."""

import os
import subprocess
import sys

from tests.databases import ROOT

SAID = {
    "DEBUG": "0",
    "SECRET_KEY": "a-secret-of-many-different-characters-0123456789-for-tests-alone",
    "ALLOWED_HOSTS": "labels.example.org",
    "LOG_HOST": "labels.example.org/log",
    "DATABASE_URL": "postgresql://consilium_app@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def run(program: str, **changed: str | None) -> "subprocess.CompletedProcess[str]":
    """Run a Python program in an environment that says all of SAID but what is changed; None takes a name out."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    said = environment | SAID | {"DJANGO_SETTINGS_MODULE": "config.settings"} | changed
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env={name: value for name, value in said.items() if value is not None},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
