"""Outside viewers that run in a browser: from which origins they may read a task's images and send back its result.

Without cookies: they come with a task's own token (docs/viewers.md). Pages are opened to nobody.
"""

import re
from typing import Final

from config.env import SettingsError

_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_TASK: Final = r"tasks/[0-9a-f-]{36}(/(heartbeat|draft|submit))?\Z"
# Where a browser lets such a viewer in.
OPEN_URLS: Final = rf"^/api/v1/(dicomweb/|{_TASK})"
OPEN_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
SENT_HEADERS: Final = (
    *("accept", "authorization", "content-type", "idempotency-key", "if-none-match", "range", "x-request-id"),
)
# What scripts may read of an answer beside what they always may.
READ_HEADERS: Final = (
    *("Content-Location", "Content-Range", "ETag", "Idempotency-Replayed", "Retry-After", "Warning"),
    *("WWW-Authenticate", "X-Request-ID"),
)
PREFLIGHT_SECONDS: Final = 600


def checked_origins(name: str, origins: list[str]) -> list[str]:
    """Each as scheme, host and perhaps a port; https but for this machine itself. SettingsError otherwise."""
    for origin in origins:
        found = _ORIGIN.fullmatch(origin)
        if found is None:
            raise SettingsError(
                f"{name} must list origins such as https://viewer.example.org, comma separated,"
                f" without path or star, not {origin!r}."
            )
        if found[1] == "http" and found[2] not in _LOCAL:
            raise SettingsError(f"{name} must use https but for localhost, not {origin!r}.")
    return origins
