"""Changing the key that signs a project's log: told in the log, before the new key signs alone."""

from django.db import transaction

from audit.actions import Action
from audit.log import Entry, Journal
from audit.models import Log, Standing
from audit.notes import NoteError, parse_vkey
from audit.rotation import last_rotation

from .acting import Acting
from .errors import AlreadyDone, InvalidInput, NotAllowed
from .models import Project
from .projects import lock
from .reasons import fault


def rotate_log_key(*, acting: Acting, project: Project, new: str) -> Entry:
    """Record that a log's heads are signed by the key `new`, a vkey, from the first head that covers this event.

    InvalidInput if it is no key of this log; AlreadyDone if it signs already. Only the operator does this.
    """
    if acting.member is not None:
        raise NotAllowed("The log's key is changed by whoever runs this service.")
    with transaction.atomic():
        lock(project)
        log = Log.objects.get(pk=project.log_id)
        old = _key_in_force(log)
        _check(log, old, new)
        journal = Journal(log, acting.actor(), acting.request)
        entry = journal.record(
            journal.stream("project", project.pk),
            Action.LOG_KEY_ROTATED,
            object=("log", str(log.project_id), log.epoch),
            extra={"old": old, "new": new, "from_size": log.size},
        )
        journal.write()
    return entry


def _key_in_force(log: Log) -> str:
    rotation = last_rotation(log, sealed=False)
    if rotation is not None:
        return rotation.new
    signed = Standing.objects.filter(log=log).values_list("vkey", flat=True).first()
    if signed is None:
        raise InvalidInput([_fault("no_key", "No head of this log was signed yet: start the sealer first.")])
    return signed


def _check(log: Log, old: str, new: str) -> None:
    if new == old:
        raise AlreadyDone("This key signs the log already; nothing was recorded.")
    try:
        if parse_vkey(new).name != log.origin:
            raise InvalidInput([_fault("other_log", f"This is a key of another log than {log.origin}.")])
    except NoteError as error:
        raise InvalidInput([_fault("bad_key", f"This is no public key of a log: {error}.")]) from None


def _fault(code: str, message: str) -> dict[str, str]:
    return fault("/new", code, message)
