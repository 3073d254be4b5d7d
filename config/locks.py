"""File locks that end with the last process that holds them, however it ends."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def hold(path: Path, *, shared: bool = False, wait: bool = False) -> int | None:
    """Lock a file and return its descriptor, which keeps the lock until closed; None if another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def release(descriptor: int) -> None:
    """Give up what hold() returned; a copy in a child process keeps the lock until that closes too."""
    with suppress(OSError):
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether any process holds the lock."""
    descriptor = hold(path)
    if descriptor is None:
        return True
    release(descriptor)
    return False


@contextmanager
def exclusive(path: Path, when_busy: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold a lock alone inside the block; when_busy() is called once if it has to wait."""
    descriptor = hold(path)
    if descriptor is None:
        when_busy()
        descriptor = hold(path, wait=True)
    try:
        yield
    finally:
        if descriptor is not None:
            release(descriptor)
