"""How many events were committed, and how many jobs ended.

Events are counted by the process that wrote them. Jobs are counted at the broker, because the worker is another
process than the web's; the count is lost with the broker, and who scrapes it sees it begin anew.
"""

from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

import redis
from django.conf import settings
from django.db import transaction
from prometheus_client import Counter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

EVENTS: Final = Counter("consilium_events", "Events committed by this process, by action.", ("action",))
KEY: Final = "consilium:jobs"
QUEUE: Final = "celery"
Unreachable = RedisError


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


def count_committed(actions: Sequence[str]) -> None:
    """Count the events of this transaction, once it has committed."""
    transaction.on_commit(lambda: _count(actions), robust=True)


def _count(actions: Sequence[str]) -> None:
    for action in actions:
        EVENTS.labels(action).inc()


def count_end(job: str, outcome: str) -> None:
    """Count a job that ended; a broker that is away doesn't matter."""
    with suppress(Unreachable), Broker() as broker:
        broker.count(job, outcome)


def _pair(field: bytes) -> tuple[str, str]:
    job, _, outcome = field.decode().partition(" ")
    return job, outcome
