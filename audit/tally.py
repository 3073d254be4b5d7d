"""How many jobs ended, and how: counted at the broker, because the worker is another process than the web's.

Lost with the broker, like everything there; who scrapes it sees the count begin anew.
"""

import logging
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

KEY: Final = "consilium:jobs"
QUEUE: Final = "celery"
Unreachable = RedisError
log = logging.getLogger(__name__)


class Broker:
    """A short visit to the broker; any question may raise Unreachable."""

    def __enter__(self) -> "Broker":
        self._client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ping(self) -> bool:
        """Whether it answers."""
        return bool(self._client.ping())

    def waiting(self) -> int:
        """Jobs in the queue that no worker has taken."""
        return int(self._client.llen(QUEUE))

    def ended(self) -> dict[tuple[str, str], int]:
        """By job and outcome (done, again, failed): how many ended."""
        counts: dict[Any, Any] = dict(self._client.hgetall(KEY))
        return {_pair(field): int(count) for field, count in counts.items()}

    def count(self, job: str, outcome: str) -> None:
        """Count one more."""
        self._client.hincrby(KEY, f"{job} {outcome}", 1)


def count_end(job: str, outcome: str) -> None:
    """Count a job that ended; a broker that is away doesn't matter."""
    with suppress(Unreachable), Broker() as broker:
        broker.count(job, outcome)


def _pair(field: bytes) -> tuple[str, str]:
    job, _, outcome = field.decode().partition(" ")
    return job, outcome
