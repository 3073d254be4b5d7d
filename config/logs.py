"""Log lines that tell operators what happened and nobody who the patients, readers or answers are.

In production a line is JSON: a constant sentence and the keys of ALLOWED, nothing else. Whatever varies must be
handed over as `extra={...}` under such a key; the arguments of a message, its exception's text and local variables
are never written, because they may hold what somebody sent.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ROOT: Final = Path(__file__).resolve().parent.parent
ALLOWED: Final = frozenset(
    {
        *("timestamp", "level", "logger", "event"),
        *("request_id", "method", "route", "status", "ms", "actor"),
        *("job", "job_id", "count"),
        *("error", "causes", "stack", "sqlstate", "constraint"),
    }
)
# Whose sentences are constants: ours, and those of the job queue without its arguments.
OUTSPOKEN: Final = frozenset(
    {
        *("config", "screens", "api", "tasks", "provenance", "workflow", "imaging", "accounts", "audit"),
        *("celery", "kombu"),
    }
)
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LONGEST = 300
MOST_FRAMES = 60


def logging_settings(*, debug: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: JSON for machines in production, text with everything on a developer's machine."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": _for_people() if debug else _for_machines()},
        "filters": {"told": {"()": "config.logs.OnlyWithError"}},
        "handlers": {"console": {"class": "config.logs.Console", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # Each request has its line already; what is new here is an exception's stack.
            "django.request": {"handlers": ["console"], "filters": ["told"], "propagate": False},
            "django.server": {"handlers": [], "propagate": True},
            # What is due, taken and done: our own decorator says how a job ended, with its name.
            "celery": {"level": "WARNING"},
            "celery.app.trace": {"level": "CRITICAL"},
            "granian": {"handlers": ["console"], "propagate": False},
            "_granian": {"handlers": ["console"], "propagate": False},
        },
    }


class Console(logging.StreamHandler[TextIO]):
    """Standard error; a record that can't be written is not shown, as Python would, with its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a line is missing, and from where."""
        sys.stderr.write(f'{{"event": "a log line could not be written", "logger": "{record.name}"}}\n')


class OnlyWithError:
    """Lets a record pass that carries an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether there is one."""
        return bool(record.exc_info)


def only_constants(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """Withhold the sentence of a library that writes values into its sentences."""
    source = str(line.get("logger", ""))
    if source.partition(".")[0] not in OUTSPOKEN:
        line["event"] = f"{source} (text withheld)"
    return line


def without_words(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """Replace an exception by its type, those that it came from, and where it was raised."""
    found = line.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        causes = list(_chain(error))
        line.update(error=_name(error), stack=stack_of(error.__traceback__))
        if causes:
            line["causes"] = [_name(cause) for cause in causes]
        for one in (error, *causes):
            line.update(_of_database(one))
    return line


def keep_allowed(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """Drop every key that isn't known to be harmless, and every value that isn't plain."""
    return {key: _plain(value) for key, value in line.items() if key in ALLOWED}


def stack_of(trace: TracebackType | None) -> list[str]:
    """Where an exception passed, outermost first, as `tasks/leases.py:70 claim`: no code, no values."""
    frames = [
        f"{_short(f.f_code.co_filename)}:{line} {f.f_code.co_name}" for f, line in traceback.walk_tb(trace)
    ]
    return frames[-MOST_FRAMES:]


def _for_machines() -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "use_get_message": False,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(allow=ALLOWED),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        "processors": [
            only_constants,
            without_words,
            keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    }


def _for_people() -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(allow=ALLOWED),
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value[:LONGEST] if isinstance(value, str) else "(withheld)"


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    while True:
        earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if earlier is None or id(earlier) in seen:
            return
        seen.add(id(earlier))
        yield earlier
        error = earlier


def _of_database(error: BaseException) -> dict[str, str]:
    """PostgreSQL's code and the name of the rule: both are ours, unlike its message and detail."""
    code = getattr(error, "sqlstate", None)
    rule = getattr(getattr(error, "diag", None), "constraint_name", None)
    return {key: value for key, value in (("sqlstate", code), ("constraint", rule)) if isinstance(value, str)}


def _short(path: str) -> str:
    _, found, inside = path.rpartition("site-packages/")
    return inside if found else path.removeprefix(f"{ROOT}/")
