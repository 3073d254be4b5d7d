"""What a process remembers in memory alone, within bounds."""

import time
from collections import OrderedDict
from math import inf
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The latest of something, at most so many, each for so many seconds."""

    def __init__(self, most: int, seconds: float = inf) -> None:
        self._most, self._seconds, self._lock = most, seconds, Lock()
        self._held: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What is kept under a key and not too old."""
        until, found = self._held.get(key, (0.0, None))
        return found if time.monotonic() < until else None

    def put(self, key: K, value: V) -> None:
        """Keep it; what was kept first is forgotten when there is too much."""
        with self._lock:
            self._held[key] = (time.monotonic() + self._seconds, value)
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
