"""The next epoch of a project's log: after a key or events were lost (docs/decisions/0013-epochs.md).

Two steps, because the first leaf of the new log states the whole old one: `freeze` lets nobody write into the old log,
the sealer seals what waits there, `open_log` begins the new one. Between them nobody can work in the project.
"""

from typing import Any

from django.conf import settings
from django.db import transaction

from audit.actions import Action
from audit.contents import Blob
from audit.epochs import hex_of, next_epoch, predecessor
from audit.log import Entry, Journal, Reason, content_digest
from audit.models import Log, Pending, Standing
from audit.notes import Checkpoint as Head
from audit.notes import NoteError, open_checkpoint
from audit.proving import part_root
from audit.rotation import last_rotation

from .acting import Acting
from .errors import AlreadyDone, InvalidInput, NotAllowed, StillSealing
from .models import Project
from .projects import lock
from .reasons import fault


def freeze(*, acting: Acting, project: Project) -> Log:
    """Let nobody write into a project's log any more; the next epoch's log, empty. Doing it again changes nothing."""
    _operator(acting)
    with transaction.atomic():
        lock(project)
        log = _present(project)
        origin = f"{settings.LOG_HOST}/p/{project.pk}/e{log.epoch + 1}"
        return next_epoch(log, origin)


def open_log(*, acting: Acting, project: Project, reason: str, witnessed: str = "") -> Entry:
    """Begin the log of a frozen project's next epoch. `witnessed`: the signed head of which the database lost events.

    StillSealing while events of the old log wait; InvalidInput if `witnessed` is no head of it, AlreadyDone if nothing
    of it is lost.
    """
    _operator(acting)
    with transaction.atomic():
        lock(project)
        old = _present(project)
        new = Log.objects.get(project_id=project.pk, epoch=old.epoch + 1)
        if Pending.objects.filter(event__log=old).exists():
            raise StillSealing()
        lost = what_is_lost(old, witnessed) if witnessed else None
        project.log = new
        project.save(update_fields=["log"])
        journal = Journal(new, acting.actor(), acting.request)
        stream, about = journal.stream("project", project.pk), ("log", str(project.pk), new.epoch)
        entry = journal.record(
            stream,
            Action.LOG_OPENED,
            object=about,
            reason=Reason("epoch_opened", reason),
            extra={"predecessor": predecessor(old)},
        )
        if lost is not None:
            note = Blob(content_digest(witnessed.encode()), "text/plain", witnessed.encode())
            why = Reason("restored", reason)
            entry = journal.record(
                stream, Action.LOG_RECOVERED, object=about, after=note, reason=why, extra=lost
            )
        journal.write()
    return entry


def what_is_lost(old: Log, witnessed: str) -> dict[str, Any]:
    """The head that was signed, the first leaf that is missing of it, and how many are."""
    head = _signed_head(old, witnessed)
    # Once it is frozen, the sealer may have added what waited: the next epoch knows where the log had left off.
    frozen = Log.objects.filter(project_id=old.project_id, epoch=old.epoch + 1).first()
    first = old.size if frozen is None or frozen.left_off_at is None else frozen.left_off_at
    if head.size > first:
        signed = {"origin": head.origin, "size": head.size, "root": hex_of(head.root)}
        about = {"checkpoint": content_digest(witnessed.encode())}
        return {"witnessed": signed | about, "first_missing": first, "count": head.size - first}
    if head.size and part_root(old.pk, 0, head.size) != head.root:
        raise InvalidInput(
            [_fault("other_history", "As many events are there, but others: history was changed, not lost.")]
        )
    raise AlreadyDone("The database holds every event that this head covers; nothing is lost.")


def _signed_head(log: Log, note: str) -> Head:
    rotation = last_rotation(log)
    keys = [rotation.old, rotation.new] if rotation else []
    keys += Standing.objects.filter(log=log).values_list("vkey", flat=True)
    try:
        head = open_checkpoint(note, keys)
    except NoteError as error:
        raise InvalidInput(
            [_fault("bad_checkpoint", f"This is no signed head of the log: {error}.")]
        ) from None
    if head.origin != log.origin:
        raise InvalidInput([_fault("other_log", f"This is a head of another log than {log.origin}.")])
    return head


def _present(project: Project) -> Log:
    return Log.objects.get(pk=Project.objects.values_list("log", flat=True).get(pk=project.pk))


def _operator(acting: Acting) -> None:
    if acting.member is not None:
        raise NotAllowed("A new epoch is opened by whoever runs this service.")


def _fault(code: str, message: str) -> dict[str, str]:
    return fault("/checkpoint", code, message)
