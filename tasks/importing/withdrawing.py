"""An import is withdrawn as one, until somebody claims a case of it: its cases are excluded, its images are deleted."""

import shutil
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.log import Journal, Reason
from tasks.completing import follow
from workflow import managing
from workflow.acting import Acting
from workflow.errors import AlreadyDone, ImportStays, InvalidInput
from workflow.images.keeping import discard
from workflow.images.places import incoming, original, stored
from workflow.images.vault import forget_identities
from workflow.models import Case, CaseImage, ImportBatch, Instance, Part, Role, Series, Study
from workflow.projects import lock
from workflow.reasons import code_faults
from workflow.unit import on_case


def withdraw_import(*, acting: Acting, batch: ImportBatch, reason: Reason) -> ImportBatch:
    """Take an import back, all of it or nothing; ImportStays once somebody claimed a case of it."""
    acting = acting.using(Role.MANAGER).within(batch.project)
    if faults := code_faults(reason.code, "Say why this import is withdrawn."):
        raise InvalidInput(faults)
    with transaction.atomic():
        batch = _locked(batch)
        cases = list(
            Case.objects.filter(images__batch=batch).distinct().order_by("pk").values_list("pk", flat=True)
        )
        for case_id in cases:
            _exclude(acting, case_id, reason)
        gone = _delete(batch, acting, reason)
        transaction.on_commit(lambda: _clear(batch.project_id, batch.pk, gone))
    return batch


def _locked(batch: ImportBatch) -> ImportBatch:
    lock(batch.project)
    batch = (
        ImportBatch.objects.select_related("project__log").select_for_update(of=("self",)).get(pk=batch.pk)
    )
    if batch.state == ImportBatch.State.WITHDRAWN:
        raise AlreadyDone("This import is withdrawn already.")
    return batch


def _exclude(acting: Acting, case_id: UUID, reason: Reason) -> None:
    with on_case(acting, case_id) as unit:
        if Part.objects.filter(case=unit.case).exists():
            raise ImportStays()
        if unit.case.state != "excluded":
            managing.exclude(unit, reason)
            unit.forget()
            follow(unit)


def _delete(batch: ImportBatch, acting: Acting, reason: Reason) -> list[UUID]:
    """Record the withdrawal, then delete what the batch brought; the ids of its stored files."""
    journal = Journal(batch.project.log, acting.actor(), acting.request)
    journal.record(
        journal.stream("project", batch.project_id),
        Action.IMPORT_WITHDRAWN,
        object=("import", str(batch.pk), 1),
        reason=reason,
    )
    journal.write()
    batch.state = ImportBatch.State.WITHDRAWN
    batch.save(update_fields=["state"])
    instances = Instance.objects.filter(batch=batch)
    gone = list(instances.values_list("pk", flat=True))
    CaseImage.objects.filter(batch=batch).delete()
    instances.delete()
    Series.objects.filter(batch=batch, instances=None).delete()
    empty = Study.objects.filter(batch=batch, series=None)
    forget_identities(batch.project_id, [("study", uid) for uid in empty.values_list("uid", flat=True)])
    empty.delete()
    return gone


def _clear(project_id: UUID, batch_id: UUID, gone: list[UUID]) -> None:
    for instance_id in gone:
        discard(stored(project_id, instance_id))
        original(project_id, instance_id).unlink(missing_ok=True)
    shutil.rmtree(incoming(batch_id), ignore_errors=True)
