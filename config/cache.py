"""A cache that outlives Redis: while Redis is away, each process counts in its own memory.

Rate limits thus neither fail open nor stop anybody from signing in. After a failure Redis is left alone for a
few seconds, so that requests do not queue up behind a server that does not answer.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow
from redis.retry import Retry

logger = logging.getLogger(__name__)

REST = 5.0  # seconds for which Redis is left alone after a failure

# Django makes a cache object per thread; what one thread learnt about a server, all know: address -> monotonic time.
_left_alone_until: dict[str, float] = {}


class RedisOrMemory(BaseCache):
    """Django's Redis cache, with Django's memory cache behind it."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._address = server
        options = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}
        self._redis = RedisCache(server, {**params, "OPTIONS": options})
        # The memory cache is shared by the threads of the process, by this name.
        self._memory = LocMemCache(f"instead of {server}", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    def _do(self, act: str, *arguments: Any, **named: Any) -> Any:
        if time.monotonic() >= _left_alone_until.get(self._address, 0.0):
            try:
                return getattr(self._redis, act)(*arguments, **named)
            except (RedisAway, RedisSlow):
                _left_alone_until[self._address] = time.monotonic() + REST
                logger.warning("Redis does not answer: this process caches in its own memory for a while.")
        return getattr(self._memory, act)(*arguments, **named)

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set a key that is not there; whether it was set."""
        return bool(self._do("add", key, value, timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return self._do("get", key, default, version=version)

    def set(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Set a key."""
        self._do("set", key, value, timeout, version=version)

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let a key live on; whether it is there."""
        return bool(self._do("touch", key, timeout, version=version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete a key; whether it was there."""
        return bool(self._do("delete", key, version=version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The keys that are there, with their values."""
        found: dict[Any, Any] = self._do("get_many", list(keys), version=version)
        return found

    def set_many(
        self, data: dict[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Set many keys; those that could not be set."""
        failed: list[Any] = self._do("set_many", data, timeout, version=version)
        return failed

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Delete many keys."""
        self._do("delete_many", list(keys), version=version)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether a key is there."""
        return bool(self._do("has_key", key, version=version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a number; ValueError if it is not there."""
        return int(self._do("incr", key, delta, version=version))

    def clear(self) -> None:
        """Forget everything, in both places."""
        self._do("clear")
        self._memory.clear()
