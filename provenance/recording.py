"""What the log is told of exports: that one is made, before it is made, and that somebody took it."""

from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.bundle.heads import heads_now
from audit.bundle.reading import reading
from audit.log import Journal, Request
from audit.models import Checkpoint, Event, Leaf, Pending
from workflow.access_sealing import seal_full_batches, seal_within
from workflow.acting import Acting, machine
from workflow.models import Project
from workflow.permissions import Verb
from workflow.projects import lock

from .graph import graph_digest
from .models import Export
from .refusing import permitted

SCOPE = "consilium/export-scope/v1"


def record(export_id: UUID) -> bool:
    """Put `export.created` into the log once everything older is sealed; whether it is there now.

    What the access log holds by then goes before it, so that the bundle has all of it.
    """
    seal_full_batches(Export.objects.values_list("project", flat=True).get(pk=export_id))
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
        if export.event_id is not None:
            return True
        project = Project.objects.select_related("log").get(pk=export.project_id)
        waiting = Pending.objects.filter(event__log=project.log, event__db_time__lte=export.requested_at)
        if waiting.exists():
            return False
        lock(project)
        while seal_within(project):
            pass
        _write_event(export, project)
    return True


def is_covered(export: Export) -> bool:
    """Whether a signed checkpoint covers the export's event."""
    leaf = Leaf.objects.filter(event__event_id=export.event_id).first()
    return leaf is not None and Checkpoint.objects.filter(log=leaf.log_id, size__gt=leaf.leaf_index).exists()


def is_left_behind(export: Export) -> bool:
    """Whether the export's event is in an epoch that ended before a signed head covered it."""
    ours = Event.objects.filter(event_id=export.event_id).values_list("log", flat=True).first()
    return ours is not None and ours != export.project.log_id and not is_covered(export)


def record_download(*, acting: Acting, export: Export, first: int, last: int) -> None:
    """Record that somebody took the bundle, or the bytes from `first` to `last` of it."""
    acting = permitted(acting.within(export.project), Verb.DOWNLOAD)
    with transaction.atomic():
        lock(export.project)
        journal = Journal(export.project.log, acting.actor(), acting.request)
        journal.record(
            journal.stream("project", export.project_id),
            Action.EXPORT_DOWNLOADED,
            object=("export", str(export.pk), 1),
            extra={"sha256": f"sha256:{export.sha256}", "profile": export.profile, "from": first, "to": last},
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
            **({"formats": export.formats} if export.formats is not None else {}),
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
