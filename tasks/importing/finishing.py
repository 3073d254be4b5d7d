"""The end of taking in a batch: what came is told to the log, and nothing of it is left in the incoming folder."""

import shutil

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from audit.actions import Action
from audit.contents import store
from audit.log import Journal
from workflow.acting import Acting
from workflow.images.options import rules_of
from workflow.images.places import incoming
from workflow.models import ImportBatch, Role
from workflow.notices import tell
from workflow.projects import lock

IMPORT = "consilium/import/v1"


def finish(batch: ImportBatch) -> None:
    """Record that a batch is taken in, with its counts and the rules that it was judged by."""
    acting = Acting(batch.requested_by, Role.MANAGER)
    with transaction.atomic():
        lock(batch.project)
        files = dict(batch.files.values_list("state").annotate(n=Count("pk")).order_by())
        rows = dict(batch.rows.values_list("result").annotate(n=Count("pk")).order_by())
        journal = Journal(batch.project.log, acting.actor(), acting.request)
        content = journal.keep(
            {
                "schema": IMPORT,
                "unit": batch.unit,
                "files": files,
                "cases": rows,
                "deidentification": batch.options,
                "gate": rules_of(batch.project).to_json(),
            }
        )
        store([content])
        entry = journal.record(
            journal.stream("project", batch.project_id),
            Action.IMPORT_ACCEPTED,
            object=("import", str(batch.pk), 1),
            after=content,
        )
        journal.write()
        batch.state, batch.finished_at, batch.event_id = (
            ImportBatch.State.DONE,
            timezone.now(),
            entry.event_id,
        )
        batch.save(update_fields=["state", "finished_at", "event"])
        new, refused = rows.get("registered", 0), files.get("refused", 0)
        text = f"Your import is taken in: {new} new cases, {refused} files refused."
        tell(
            [batch.requested_by],
            kind="import",
            text=text,
            link=f"/projects/{batch.project.slug}/imports/{batch.pk}/",
        )
    shutil.rmtree(incoming(batch.pk), ignore_errors=True)
