"""Measurements that are kept: computed at once while a study is small, by a job when it is not, and dated."""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from workflow.agreement.resampling import Resampling
from workflow.documents import guideline_of, protocol_of
from workflow.errors import DomainError, NotFound
from workflow.models import GuidelineVersion, Measurement, Project, ProtocolVersion, Read, Version

from .concordant import concordant_sample
from .report import SCHEMA, Terms, agreement_report
from .taken import Conditions, state_of, studied

AT_ONCE = 2_000  # reads up to which a measurement is computed while somebody waits
NOTHING_PUBLISHED = "Agreement is measured under a published guideline and protocol; publish both first."
DATABASE_AWAY = (OperationalError, InterfaceError)
V = TypeVar("V", bound=Version)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A measurement as it is known now; `document` is None while it is computed for the first time."""

    document: dict[str, Any] | None
    computed_at: datetime | None
    stale: bool


def agreement_of(project: Project, conditions: Conditions) -> Kept:
    """The agreement of a project's planned first reads under these conditions.

    NotFound when a guideline version is named that does not exist, or nothing is published yet.
    """
    inputs = inputs_of(project, conditions)
    row = _row(project, conditions)
    if row is not None and row.inputs == inputs and row.document is not None:
        return Kept(row.document, row.computed_at, stale=False)
    if Read.objects.filter(case__project=project).count() <= AT_ONCE:
        row = compute(_wanted(project, conditions).pk)
        return Kept(row.document, row.computed_at, stale=False)
    wanted = _wanted(project, conditions)
    return Kept(wanted.document, wanted.computed_at, stale=True)


def compute(measurement_id: UUID) -> Measurement:
    """Compute a wanted measurement from what is in the database now, and keep it."""
    row = Measurement.objects.select_related("project").get(pk=measurement_id)
    conditions = Conditions(**row.conditions)
    inputs = inputs_of(row.project, conditions)
    document = agreement_report(
        studied(row.project, conditions), terms_of(row.project, conditions), by=conditions.by
    )
    if not conditions.document():
        document["concordant_sample"] = concordant_sample(row.project).document()
    row.document, row.inputs, row.failed = document, inputs, ""
    row.computed_at, row.wanted_at = timezone.now(), None
    row.save(update_fields=["document", "inputs", "failed", "computed_at", "wanted_at"])
    return row


def wanted() -> list[UUID]:
    """The measurements that somebody waits for, the longest wait first."""
    waiting = Measurement.objects.filter(wanted_at__isnull=False).order_by("wanted_at")
    return list(waiting.values_list("pk", flat=True))


def compute_wanted(measurement_id: UUID) -> bool:
    """Compute a measurement if it is still wanted and nobody is at it; whether it was computed.

    What can't be computed is no longer wanted, and says so; it is tried again when somebody asks again.
    """
    with transaction.atomic():
        rows = Measurement.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=measurement_id, wanted_at__isnull=False).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                compute(row.pk)
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


def terms_of(project: Project, conditions: Conditions) -> Terms:
    """The label schema and the protocol by which a project's agreement is measured now."""
    guideline, protocol = _guideline(project, conditions), _in_force(ProtocolVersion, project)
    schema = guideline_of(str(guideline.content_id))["label_schema"]
    return Terms(schema, protocol_of(str(protocol.content_id)), Resampling())


def inputs_of(project: Project, conditions: Conditions) -> str:
    """A digest of all that a measurement rests on: the reads, the versions, the way of computing."""
    versions = (_guideline(project, conditions), _in_force(ProtocolVersion, project))
    parts = [SCHEMA, *(str(version.content_id) for version in versions), *state_of(project)]
    return _digest(parts)


def _guideline(project: Project, conditions: Conditions) -> GuidelineVersion:
    if conditions.guideline is None:
        return _in_force(GuidelineVersion, project)
    named = GuidelineVersion.objects.filter(
        project=project, number=conditions.guideline, content__isnull=False
    )
    found = named.first()
    if found is None:
        raise NotFound("There is no such published guideline version.")
    return found


def _in_force(versions: type[V], project: Project) -> V:
    """The version in force, or the last one that was."""
    published = versions._default_manager.filter(project=project, content__isnull=False)
    found = published.order_by("-number").first()
    if found is None:
        raise NotFound(NOTHING_PUBLISHED)
    return found


def _row(project: Project, conditions: Conditions) -> Measurement | None:
    return Measurement.objects.filter(
        project=project, kind=Measurement.Kind.AGREEMENT, conditions_key=_digest(conditions.document())
    ).first()


def _wanted(project: Project, conditions: Conditions) -> Measurement:
    """The measurement's row, noted as wanted; never waits for a job that is at it."""
    row, _ = Measurement.objects.get_or_create(
        project=project,
        kind=Measurement.Kind.AGREEMENT,
        conditions_key=_digest(conditions.document()),
        defaults={"conditions": conditions.document()},
    )
    Measurement.objects.filter(pk=row.pk, wanted_at__isnull=True).update(wanted_at=timezone.now())
    return row


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
