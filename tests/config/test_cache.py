"""The cache goes on without Redis."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from config import cache as cache_module
from config.cache import RedisOrMemory


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port where nobody listens; it stays ours, so that nobody begins to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def away(dead_port: int) -> Iterator[RedisOrMemory]:
    """The cache over a Redis that is away."""
    yield RedisOrMemory(f"redis://127.0.0.1:{dead_port}/0", {})
    cache_module._left_alone_until.clear()


def test_without_redis_the_cache_keeps_what_it_is_given(away: RedisOrMemory) -> None:
    key = str(uuid4())
    assert away.add(key, 1)
    assert not away.add(key, 2)
    assert (away.get(key), away.incr(key), away.has_key(key), key in away) == (1, 2, True, True)
    assert away.set_many({"a": 1, "b": 2}) == []
    assert away.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert (away.touch("a", 5), away.delete("a"), away.get("a", "none")) == (True, True, "none")
    away.delete_many(["b"])
    away.clear()
    assert away.get(key) is None


def test_the_threads_of_a_process_share_the_memory(away: RedisOrMemory, dead_port: int) -> None:
    away.set("shared", "yes")
    found: list[Any] = []
    other = RedisOrMemory(f"redis://127.0.0.1:{dead_port}/0", {})
    thread = threading.Thread(target=lambda: found.append(other.get("shared")))
    thread.start()
    thread.join()
    assert found == ["yes"]


def test_a_server_that_does_not_answer_is_asked_once_in_a_while() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        cache = RedisOrMemory(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", {})
        began = time.monotonic()
        for number in range(50):
            cache.set(str(number), number)
        assert time.monotonic() - began < 4
        assert [cache.get(str(number)) for number in range(50)] == list(range(50))


def test_redis_is_used_again_when_it_is_back(away: RedisOrMemory, settings: Any) -> None:
    away.set("left", "behind")
    address = settings.CACHES["default"]["LOCATION"]
    back = RedisOrMemory(address, {})
    cache_module._left_alone_until[address] = time.monotonic() - 1
    back.set("now", "there", 5)
    assert RedisOrMemory(address, {})._redis.get("now") == "there"
