"""Where the database and the broker are: from the environment, or embedded on a developer's machine."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from config.env import SettingsError, env_secret


def database_settings(home: Path, *, debug: bool) -> tuple[dict[str, dict[str, Any]], str]:
    """Django's DATABASES and the Redis address; starts the embedded servers if neither is set in development."""
    database_url, redis_url = env_secret("DATABASE_URL", ""), env_secret("REDIS_URL", "")
    if not debug:
        for name, value in (("DATABASE_URL", database_url), ("REDIS_URL", redis_url)):
            if not value:
                raise SettingsError(
                    f"{name} is missing: set {name} or {name}_FILE; only DEBUG=1 has an embedded one."
                )
    if not database_url or not redis_url:
        from config import embedded  # the wheels are not installed in production

        there = embedded.start(home, progress=_silent)
        database_url = database_url or there.database_url("app")
        redis_url = redis_url or there.redis_url()
    database = parse_database_url(database_url)
    database["PASSWORD"] = _password("DATABASE", database["PASSWORD"])
    return {"default": database}, _with_password(redis_url)


def _password(kind: str, in_url: str) -> str:
    """The URL's own password, or DATABASE_PASSWORD (also from a file), so that the URL need not be a secret."""
    name = f"{kind}_PASSWORD"
    beside = env_secret(name, "")
    if in_url and beside:
        raise SettingsError(f"{kind}_URL has a password and {name} is set: keep one of them.")
    return in_url or beside


def _with_password(redis_url: str) -> str:
    parts = _split(redis_url, "REDIS_URL", {"redis", "rediss", "unix"})
    password = _password("REDIS", parts.password or "")
    if not password or parts.password:
        return redis_url
    return redis_url.replace(
        "://", f"://{quote(parts.username or '', safe='')}:{quote(password, safe='')}@", 1
    )


def _split(url: str, name: str, schemes: set[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is parsed only now
    except ValueError:
        raise SettingsError(f"{name} is no address: its host or port is malformed.") from None
    if parts.scheme not in schemes:
        raise SettingsError(
            f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes))}."
        )
    return parts


def _silent(_: str) -> None:
    """Commands that take long say so themselves."""


def parse_database_url(url: str) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?option=value as Django wants it."""
    parts = _split(url, "DATABASE_URL", {"postgres", "postgresql"})
    if not parts.path.strip("/"):
        raise SettingsError("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
