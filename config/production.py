"""What a deployment must say before it starts, each refused with one sentence that names the variable."""

import re
from typing import Final

from config.env import SettingsError

SHORTEST_KEY = 32
SHORTEST_TOKEN = 16
# A C2SP origin: no scheme, no blanks, no plus sign.
_ORIGIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[A-Za-z0-9._~-]+)*")


def check_secret_key(key: str) -> None:
    """SECRET_KEY signs sessions: it must be there, long, and not one character repeated."""
    if not key:
        raise SettingsError(
            "SECRET_KEY is missing: set SECRET_KEY or SECRET_KEY_FILE, or DEBUG=1 for development."
        )
    if len(key) < SHORTEST_KEY or len(set(key)) < 8:
        raise SettingsError(
            f"SECRET_KEY is too easy to guess: it needs {SHORTEST_KEY} random characters or more."
        )


def check_hosts(hosts: list[str]) -> None:
    """ALLOWED_HOSTS must name hosts: with a star anybody could choose what our links point to."""
    if not hosts:
        raise SettingsError(
            "ALLOWED_HOSTS is missing: name the hosts that this service answers for, comma separated."
        )
    if "*" in hosts:
        raise SettingsError("ALLOWED_HOSTS must name hosts: * would answer for every name.")


def check_log_host(name: str) -> None:
    """LOG_HOST is in every signed checkpoint for ever."""
    if not name:
        raise SettingsError(
            "LOG_HOST is missing: give the host name that this deployment's logs shall carry for ever."
        )
    if not _ORIGIN.fullmatch(name):
        raise SettingsError(
            f"LOG_HOST must be a lower-case host name, perhaps with a path, such as logs.example.org, not {name!r}."
        )


def checked_key(name: str, key: str) -> str:
    """A key of 32 bytes in hexadecimal digits, or nothing."""
    if key and not re.fullmatch(r"[0-9a-f]{64}", key):
        raise SettingsError(f"{name} must be 64 hexadecimal digits, such as `openssl rand -hex 32` makes.")
    return key


def checked_token(name: str, token: str) -> str:
    """A token that opens something; empty means that nothing is opened by one."""
    if token and len(token) < SHORTEST_TOKEN:
        raise SettingsError(f"{name} is too easy to guess: it needs {SHORTEST_TOKEN} characters or more.")
    return token
