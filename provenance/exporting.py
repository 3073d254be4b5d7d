"""Exports: asked for, recorded in the log, packed under the checkpoint that covers them, handed out.

Each step is found in the database and can be done again: whoever is killed half-way leaves only a partial file, and the
next attempt packs the same bytes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit.actions import Action
from audit.bundle.heads import heads_now
from audit.bundle.reading import reading
from audit.log import Journal, Request
from audit.models import Checkpoint, Leaf, Pending, Standing
from workflow.acting import Acting, machine
from workflow.errors import InvalidInput
from workflow.models import Case, Membership, Part, Project, ReferenceLabel
from workflow.projects import lock
from workflow.reasons import fault
from workflow.states import State

from .errors import LogRefused, OpenPart
from .graph import graph_digest
from .models import Export

SCOPE = "consilium/export-scope/v1"
MOST_CASES = 10_000


def request_export(
    *, acting: Acting, project: Project, profile: str, cases: Sequence[UUID] | None = None
) -> Export:
    """Ask for a bundle; a subset holds the cases named, or all that have a label.

    LogRefused if the log isn't signed any more, OpenPart if the person may not see others' reads yet.
    """
    acting = acting.within(project)
    refuse_if_blinded(acting.member)
    refuse_if_unsigned(project)
    chosen = _chosen(project, profile, cases)
    with transaction.atomic():
        return Export.objects.create(
            project=project,
            profile=profile,
            cases=chosen,
            requested_by=acting.member,
            role=acting.role,
            request=asdict(acting.request),
            auth=acting.auth,
            requested_at=_now(),
        )


def refuse_if_unsigned(project: Project) -> None:
    """LogRefused if the sealer found that the database is older than what it signed, or differs from it."""
    standing = Standing.objects.filter(log=project.log_id).exclude(code="").first()
    if standing:
        raise LogRefused(f"Nothing is exported from this log: {standing.sentence}", reason=standing.code)


def refuse_if_blinded(member: Membership | None) -> None:
    """OpenPart while a member plays a part in a case that is not final: the bundle would show them others' reads."""
    parts = Part.objects.filter(member=member) if member else Part.objects.none()
    if parts.exclude(case__state=State.FINAL).exists():
        raise OpenPart()


def record(export_id: UUID) -> bool:
    """Put `export.created` into the log once everything older is sealed; whether it is there now."""
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
        if export.event_id is not None:
            return True
        project = Project.objects.select_related("log").get(pk=export.project_id)
        waiting = Pending.objects.filter(event__log=project.log, event__db_time__lte=export.requested_at)
        if waiting.exists():
            return False
        lock(project)
        _write_event(export, project)
    return True


def is_covered(export: Export) -> bool:
    """Whether a signed checkpoint covers the export's event."""
    leaf = Leaf.objects.filter(event__event_id=export.event_id).first()
    return leaf is not None and Checkpoint.objects.filter(log=leaf.log_id, size__gt=leaf.leaf_index).exists()


def record_download(*, acting: Acting, export: Export) -> None:
    """Record that somebody took the bundle, once per download from its beginning."""
    acting = acting.within(export.project)
    with transaction.atomic():
        lock(export.project)
        journal = Journal(export.project.log, acting.actor(), acting.request)
        journal.record(
            journal.stream("project", export.project_id),
            Action.EXPORT_DOWNLOADED,
            object=("export", str(export.pk), 1),
            extra={"sha256": f"sha256:{export.sha256}", "profile": export.profile},
        )
        journal.write()


def _write_event(export: Export, project: Project) -> None:
    acting = _acting(export)
    with reading() as reader:
        heads = heads_now(reader, project.log_id)
    journal = Journal(project.log, acting.actor(), acting.request)
    scope = None
    if export.cases is not None:
        scope = journal.keep({"schema": SCOPE, "cases": [str(case) for case in export.cases]})
    entry = journal.record(
        journal.stream("project", project.pk),
        Action.EXPORT_CREATED,
        object=("export", str(export.pk), 1),
        inputs=[("scope", scope.digest)] if scope else [],
        extra={
            "profile": export.profile,
            "leaves": heads.leaves,
            "heads": heads.digest,
            "heads_size": heads.size,
            "streams": heads.streams,
            "workflow_graph": graph_digest(),
        },
    )
    journal.write()
    export.event_id, export.state = entry.event_id, Export.State.RECORDED
    export.save(update_fields=["event", "state"])


def _acting(export: Export) -> Acting:
    """Whoever asked, as they asked."""
    request = Request(**export.request)
    if export.requested_by is None:
        return machine(request)
    return Acting(export.requested_by, export.role, request, export.auth)


def _chosen(project: Project, profile: str, cases: Sequence[UUID] | None) -> list[UUID] | None:
    if profile not in Export.Profile.values:
        raise InvalidInput([fault("/profile", "bad_profile", "Choose full, subset or pseudonymous.")])
    if profile != Export.Profile.SUBSET:
        if cases:
            raise InvalidInput([fault("/cases", "not_a_subset", "Only a subset names its cases.")])
        return None
    if not cases:
        labelled = ReferenceLabel.objects.filter(case__project=project).values_list("case", flat=True)
        cases = list(labelled.distinct()[: MOST_CASES + 1])
    return _checked(project, sorted(set(cases)))


def _checked(project: Project, cases: list[UUID]) -> list[UUID]:
    if not 1 <= len(cases) <= MOST_CASES:
        message = f"A subset has 1 to {MOST_CASES} cases; for more, ask for the whole log."
        raise InvalidInput([fault("/cases", "bad_number", message)])
    known = set(Case.objects.filter(project=project, pk__in=cases).values_list("pk", flat=True))
    if unknown := [case for case in cases if case not in known]:
        message = f"{len(unknown)} of these cases are not in this project."
        raise InvalidInput([fault("/cases", "unknown_case", message)])
    return cases


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: Any = cursor.fetchone()
    return datetime.fromisoformat(found[0].isoformat())
