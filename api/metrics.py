"""Numbers for Prometheus: counted here as requests come in, or asked of the database and the broker at each scrape.

With several web processes PROMETHEUS_MULTIPROC_DIR names a folder that they share; what is asked at the scrape is
the same whichever of them answers.
"""

import os
from collections.abc import Iterable
from typing import Final

from django.db import DatabaseError, connection, transaction
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from audit.tally import Broker, Unreachable

LONGEST_SCRAPE = "2s"
MOST_PENDING = 100_000
REQUESTS: Final = Counter(
    "consilium_requests", "Requests answered, by the name of the address.", ("method", "route", "status")
)
SECONDS: Final = Histogram(
    "consilium_request_seconds",
    "How long an answer took.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def observe(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(AtScrape())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


class AtScrape(Collector):
    """What the database and the broker know, each left out while it can't be reached."""

    def collect(self) -> Iterable[Metric]:
        """The families; `consilium_database_up` and `consilium_broker_up` are always there."""
        yield from _or_down("database", from_database, DatabaseError)
        yield from _or_down("broker", from_broker, Unreachable)


def from_database() -> list[Metric]:
    """Cases, live tasks and the sealer's lag. A scrape never holds the database for long."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_SCRAPE}'")
        cases = GaugeMetricFamily("consilium_cases", "Cases, by state.", labels=["state"])
        cursor.execute("SELECT state, count(*) FROM workflow_case WHERE purpose = 'study' GROUP BY state")
        for state, count in cursor.fetchall():
            cases.add_metric([state], count)
        tasks = GaugeMetricFamily(
            "consilium_tasks", "Tasks that wait or are held.", labels=["kind", "status"]
        )
        cursor.execute(
            "SELECT kind, status, count(*) FROM tasks_task"
            " WHERE status IN ('open', 'reserved', 'leased') AND turn IS NULL GROUP BY kind, status"
        )
        for kind, status, count in cursor.fetchall():
            tasks.add_metric([kind, status], count)
        pending, age = sealer_lag()
        seen, seen_age = access_lag()
    return [
        cases,
        tasks,
        GaugeMetricFamily(
            "consilium_unsealed_events", f"Events not sealed yet, up to {MOST_PENDING}.", pending
        ),
        GaugeMetricFamily("consilium_unsealed_seconds", "Age of the oldest of them.", age),
        GaugeMetricFamily(
            "consilium_unsealed_access", f"Rows of access logs in no batch, up to {MOST_PENDING}.", seen
        ),
        GaugeMetricFamily("consilium_unsealed_access_seconds", "Age of the oldest of them.", seen_age),
    ]


def sealer_lag() -> tuple[int, float]:
    """How many events wait to be sealed, up to MOST_PENDING, and the age of the oldest in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT FROM audit_pending LIMIT {MOST_PENDING}) AS waiting")
        pending = cursor.fetchone()[0]
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - e.db_time) FROM audit_event e"
            " WHERE e.id = (SELECT min(event_id) FROM audit_pending)"
        )
        oldest = cursor.fetchone()
    return pending, max(0.0, float(oldest[0])) if oldest else 0.0


def access_lag() -> tuple[int, float]:
    """How many rows of access logs are in no batch yet, up to MOST_PENDING, and the age of the oldest in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), extract(epoch FROM clock_timestamp() - min(at))"
            f" FROM (SELECT at FROM audit_access WHERE batch_id IS NULL LIMIT {MOST_PENDING}) AS waiting"
        )
        rows, oldest = cursor.fetchone()
    return rows, max(0.0, float(oldest or 0))


def from_broker() -> list[Metric]:
    """Jobs that wait, and those that ended, in whichever process."""
    with Broker() as broker:
        ended = CounterMetricFamily(
            "consilium_jobs", "Jobs that ended, since the broker started.", labels=["job", "outcome"]
        )
        for (job, outcome), count in broker.ended().items():
            ended.add_metric([job, outcome], count)
        return [
            ended,
            GaugeMetricFamily("consilium_jobs_waiting", "Jobs that no worker took yet.", broker.waiting()),
        ]


def _or_down(name: str, ask: object, gone: type[Exception]) -> list[Metric]:
    assert callable(ask)
    try:
        found: list[Metric] = ask()
    except gone:
        found = []
    up = GaugeMetricFamily(f"consilium_{name}_up", f"Whether the {name} answers.", int(bool(found)))
    return [up, *found]
