"""Measurements that are kept: computed at once while a study is small, by a job when it is not, and dated."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from workflow.errors import DomainError, NotFound
from workflow.models import Measurement, Project, Read

from .versions import state_of

AT_ONCE = 2_000  # reads up to which a measurement is computed while somebody waits
DATABASE_AWAY = (OperationalError, InterfaceError)
Conditions = dict[str, Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to measure a project: what it rests on beside the reads, how it is computed, and who is told of what.

    `told` is given the document before and the new one, in the transaction that keeps the new one.
    `lasts`: how long it is good, where that is a matter of its age and not of the reads: (small, large) studies.
    """

    kind: str
    schema: str
    rests_on: Callable[[Project, Conditions], list[Any]]
    document: Callable[[Project, Conditions], dict[str, Any]]
    told: Callable[[Project, dict[str, Any] | None, dict[str, Any]], None] = lambda project, before, now: None
    lasts: tuple[timedelta, timedelta] | None = None

    def inputs(self, project: Project, conditions: Conditions) -> str:
        """A digest of all that a measurement rests on: the reads, the versions, the way of computing."""
        if self.lasts is not None:
            return _digest([self.schema, *self.rests_on(project, conditions)])
        return _digest([self.schema, *self.rests_on(project, conditions), *state_of(project)])

    def holds(self, row: Measurement, inputs: str) -> bool:
        """Whether what is kept is what would be computed now, or young enough."""
        if row.inputs != inputs or row.computed_at is None:
            return False
        if self.lasts is None:
            return True
        return row.computed_at > timezone.now() - self.lasts[0 if is_small(row.project) else 1]

    def known(self, row: Measurement | None) -> dict[str, Any] | None:
        """What a row holds, if it holds anything in the form that is written now: an upgrade may change that."""
        document: dict[str, Any] | None = row.document if row is not None else None
        return document if document is not None and document["schema"] == self.schema else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A measurement as it is known now; `document` is None while it is computed for the first time.

    `failed`: why the last try came to nothing; told once, and by asking it is tried again.
    """

    document: dict[str, Any] | None
    computed_at: datetime | None
    stale: bool
    failed: str = ""


def measured(project: Project, measure: Measure, conditions: Conditions) -> Kept:
    """What is known of a project by this measure; what is out of date is computed, at once or soon."""
    inputs = measure.inputs(project, conditions)
    row = row_of(project, measure, conditions)
    if row is not None and measure.known(row) is not None and measure.holds(row, inputs):
        return Kept(row.document, row.computed_at, stale=False)
    wanted = want(project, measure, conditions)
    if not is_small(project):
        return Kept(measure.known(wanted), wanted.computed_at, stale=True, failed=wanted.failed)
    row = compute(wanted.pk, {measure.kind: measure}, inputs)
    return Kept(row.document, row.computed_at, stale=False)


def compute(measurement_id: UUID, measures: Mapping[str, Measure], inputs: str = "") -> Measurement:
    """Compute a measurement from what is in the database now, and keep it; `inputs` if they are known already."""
    row = Measurement.objects.select_related("project").get(pk=measurement_id)
    measure = measures[row.kind]
    inputs = inputs or measure.inputs(row.project, row.conditions)
    document = measure.document(row.project, row.conditions)
    with transaction.atomic():
        row = Measurement.objects.select_for_update(of=("self",)).select_related("project").get(pk=row.pk)
        measure.told(row.project, measure.known(row), document)
        row.document, row.inputs, row.failed = document, inputs, ""
        row.computed_at, row.wanted_at = timezone.now(), None
        row.save(update_fields=["document", "inputs", "failed", "computed_at", "wanted_at"])
    return row


def is_small(project: Project) -> bool:
    """Whether a project has so few reads that it is measured while somebody waits; looks at no more than those."""
    return Read.objects.filter(case__project=project)[: AT_ONCE + 1].count() <= AT_ONCE


def want_where_stale(measure: Measure, conditions: Conditions) -> int:
    """Want a measurement of every project whose reads moved on since; how many."""
    stale = 0
    for project in Project.objects.all():
        row = row_of(project, measure, conditions)
        try:
            inputs = measure.inputs(project, conditions)
            if row is None or not measure.holds(row, inputs):
                want(project, measure, conditions)
                stale += 1
        except NotFound:
            continue  # nothing is published yet
    return stale


def wanted(measures: Iterable[str]) -> list[UUID]:
    """The measurements by these measures that somebody waits for, the longest wait first."""
    waiting = Measurement.objects.filter(kind__in=list(measures), wanted_at__isnull=False).order_by(
        "wanted_at"
    )
    return list(waiting.values_list("pk", flat=True))


def compute_wanted(measurement_id: UUID, measures: Mapping[str, Measure]) -> bool:
    """Compute a measurement if it is still wanted and nobody is at it; whether it was tried.

    What can't be computed is no longer wanted, and says so; it is tried again when somebody asks again.
    """
    with transaction.atomic():
        rows = Measurement.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=measurement_id, wanted_at__isnull=False).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                compute(row.pk, measures)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            # Whatever a document trips over must not be tried again every few seconds; asking again tries again.
            log.exception("a measurement could not be computed")
            _given_up(row, error)
    return True


def _given_up(row: Measurement, error: Exception) -> None:
    why = (
        error.detail
        if isinstance(error, DomainError)
        else f"It could not be computed: {type(error).__name__}."
    )
    row.failed, row.wanted_at = why[:200], None
    row.save(update_fields=["failed", "wanted_at"])


def row_of(project: Project, measure: Measure, conditions: Conditions) -> Measurement | None:
    """What is kept of a project by this measure, out of date or not."""
    key = _digest(conditions)
    return Measurement.objects.filter(project=project, kind=measure.kind, conditions_key=key).first()


def want(project: Project, measure: Measure, conditions: Conditions) -> Measurement:
    """The measurement's row as it was, noted as wanted; never waits for a job that is at it."""
    row, _ = Measurement.objects.get_or_create(
        project=project,
        kind=measure.kind,
        conditions_key=_digest(conditions),
        defaults={"conditions": conditions},
    )
    Measurement.objects.filter(pk=row.pk, wanted_at__isnull=True).update(wanted_at=timezone.now(), failed="")
    return row


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
