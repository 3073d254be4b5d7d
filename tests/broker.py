"""A broker and a worker of a test's own: emptied, killed and started again without disturbing anybody."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kombu.pools
import redis

from config import embedded_process, embedded_valkey, locks
from config.celery import app
from config.serving import WORKER
from tests.config import production
from tests.databases import ROOT


class Valkey:
    """A server in a home of its own; it keeps its port when it is killed and started again."""

    def __init__(self, home: Path) -> None:
        embedded_process.make_room(home)
        self.home, self.port = home, embedded_process.free_port()

    @property
    def url(self) -> str:
        """Where it answers."""
        return embedded_valkey.url(self.home, self.port)

    def start(self) -> None:
        """Start it, empty, if it doesn't run."""
        if not locks.is_held(embedded_valkey.lock_file(self.home)):
            self._start()

    def _start(self) -> None:
        data = self.home / "data"
        embedded_valkey.start(self.home, self.port, data=data, progress=lambda line: None)

    def stop(self) -> None:
        """End it; what it held is gone."""
        embedded_valkey.stop(self.home, self.port)

    def empty(self) -> None:
        """Forget everything that it holds."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


class Worker:
    """A real worker process, whose lines are read as they come."""

    def __init__(self, environment: dict[str, str]) -> None:
        said = {name: os.environ[name] for name in production.INHERITED if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, *WORKER, "--concurrency", "1"],
            cwd=ROOT,
            env=said | production.SAID | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, job: str) -> dict[str, Any]:
        """The line that says how the next job of this name ended."""
        assert self._process.stderr is not None
        seen = []
        for text in self._process.stderr:
            seen.append(text)
            line = json.loads(text) if text.startswith("{") else {}
            if line.get("event") == "job ended" and line.get("job") == job:
                return dict(line)
        raise AssertionError(f"The worker ended:\n{''.join(seen)}")

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def sending_to(url: str) -> Iterator[None]:
    """Send jobs to this broker instead of running them where they are sent."""
    before = {"task_always_eager": app.conf.task_always_eager, "broker_url": app.conf.broker_url}
    app.conf.update(task_always_eager=False, broker_url=url, broker_read_url=url, broker_write_url=url)
    _forget_connections()
    try:
        yield
    finally:
        app.conf.update(**before, broker_read_url=None, broker_write_url=None)
        _forget_connections()


def _forget_connections() -> None:
    # Also a job that runs where it is sent takes a connection from the pools, though it never uses it.
    kombu.pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
