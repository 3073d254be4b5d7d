"""The one way to declare and to send a job: idempotent, acknowledged late, given ids only, sent after the commit.

A job is never the only memory of its work: every kind of due work is also found in the database by a sweep.
So sending may fail, and a broker may be emptied, without anything being lost.
"""

import inspect
import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from celery import Task as CeleryTask
from celery import current_task, shared_task
from django.db import OperationalError, transaction
from prometheus_client import Counter
from structlog.contextvars import bound_contextvars

from .tally import count_end

SENT = Counter("consilium_jobs_sent", "Jobs handed to the broker, or not.", ("job", "outcome"))
log = logging.getLogger(__name__)

# After the broker failed once, don't make every request wait for its time-out again.
_PAUSE_SECONDS = 5.0
_quiet_until = 0.0


class Job:
    """A function that a worker runs; calling the job runs it here and now."""

    def __init__(self, task: CeleryTask, run: Callable[..., Any]) -> None:
        self.task, self.run = task, run

    def __call__(self, *ids: str) -> Any:
        """Run it in this process; TypeError for anything but ids."""
        return self.run(*_only_ids(ids))

    def soon(self, *ids: str) -> None:
        """Send it once the present transaction has committed; TypeError for anything but ids."""
        _only_ids(ids)
        transaction.on_commit(lambda: self._send(ids), robust=True)

    def _send(self, ids: tuple[str, ...]) -> None:
        global _quiet_until
        if time.monotonic() < _quiet_until:
            SENT.labels(self.task.name, "held_back").inc()
            return
        try:
            self.task.apply_async(ids, retry=False)
            SENT.labels(self.task.name, "sent").inc()
        except Exception as error:
            # Whatever the broker's client raises: the sweep finds the work, and the person's act is committed.
            _quiet_until = time.monotonic() + _PAUSE_SECONDS
            SENT.labels(self.task.name, "failed").inc()
            about = {"job": self.task.name, "error": type(error).__name__}
            log.warning("a job could not be sent; the next sweep will find its work", extra=about)


def job(run: Callable[..., Any]) -> Job:
    """Declare a job. It must be safe to run twice, and takes only ids, as text; TypeError otherwise."""
    for parameter in inspect.signature(run).parameters.values():
        if parameter.annotation is not str or parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise TypeError(f"{run.__name__}({parameter}): a job takes only ids, each as `name: str`.")
    task = shared_task(
        _told(run),
        name=_name(run),
        acks_late=True,
        reject_on_worker_lost=True,
        ignore_result=True,
        autoretry_for=(OperationalError,),
        retry_backoff=True,
        max_retries=5,
    )
    return Job(task, run)


def _told(run: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with a log line and a count at its end, as a worker runs it."""
    name = _name(run)

    @wraps(run)
    def attempt(*ids: str) -> Any:
        began, outcome = time.perf_counter(), "failed"
        with bound_contextvars(job=name, job_id=current_task.request.id):
            try:
                result = run(*_only_ids(ids))
                outcome = "done"
            except OperationalError:
                outcome = "again"
                log.warning("the database was away; the job is tried again", exc_info=True)
                raise
            except Exception:
                log.exception("a job failed")
                raise
            finally:
                count_end(name, outcome)
                ms = round((time.perf_counter() - began) * 1000, 1)
                log.info("job ended", extra={"status": outcome, "ms": ms})
        return result

    return attempt


def _name(run: Callable[..., Any]) -> str:
    return f"{run.__module__}.{run.__name__}"


def _only_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids, if that is what they are: what a job needs to know it reads from the database, under its lock."""
    for given in ids:
        try:
            proper = isinstance(given, str) and str(UUID(given)) == given
        except ValueError:
            proper = False
        if not proper:
            raise TypeError(f"A job takes only ids, as text, not a {type(given).__name__} that is none.")
    return ids
