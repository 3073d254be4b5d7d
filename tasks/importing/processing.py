"""A batch is taken in: archives are unpacked, every file is prepared by the worker, then its cases are opened.

Each file is a transaction of its own and its state says whether it is done: whoever is killed half-way leaves the rest
to the next attempt, and doing it again changes nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import Q

from imaging.limits import Limits
from imaging.refusals import Refused
from imaging.worker.recipe import Recipe
from workflow.images.keeping import discard, keep, refuse
from workflow.images.keys import pseudonym_key
from workflow.images.originals import keep_original
from workflow.images.places import received, stored
from workflow.images.serving import header_template
from workflow.models import ImportBatch, ImportFile
from workflow.settings.reading import setting

from .finishing import finish
from .opening import open_cases
from .preparing import Asked, Done, NoRoom, Preparing
from .unpacking import is_archive, unpack

IMPORT_LOCK: Final = 0x1A6E5  # + a number made of the batch's id: two never take in one batch
_AT_ONCE: Final = 500
Progress = Callable[[str, int, int], None]


def take_in(batch_id: UUID, progress: Progress | None = None) -> bool:
    """Do everything that is due for a batch; False if it isn't due, or somebody else is at it.

    NoRoom if the disk is full: what isn't taken in by then waits for the next attempt.
    """
    with _alone(batch_id) as alone:
        batch = ImportBatch.objects.select_related("project__log", "requested_by__user").get(pk=batch_id)
        if not alone or batch.state != ImportBatch.State.WAITING:
            return False
        say = progress or (lambda what, done, of: None)
        with Preparing(_recipe(batch), settings.IMPORT_PROCESSES) as preparing:
            _take_files(batch, preparing, say)
        open_cases(batch, say)
        finish(batch)
    return True


def _take_files(batch: ImportBatch, preparing: Preparing, say: Progress) -> None:
    keeps = bool(setting(batch.project, "keep_originals"))
    for file in _waiting(batch):
        if file.member == 0 and is_archive(received(batch.pk, file.number)):
            unpack(batch, file, preparing)
    total = batch.files.count()
    done = total - batch.files.filter(state=ImportFile.State.RECEIVED).count()
    for one in preparing.each(_source(batch, file) for file in _waiting(batch)):
        _take(batch, one, keeps)
        done += 1
        say("files", done, total)


def _waiting(batch: ImportBatch) -> Iterator[ImportFile]:
    """What isn't done yet, by number, a few at a time: what is unpacked meanwhile comes too."""
    last = (0, -1)
    while True:
        waiting = batch.files.filter(state=ImportFile.State.RECEIVED).order_by("number", "member")
        beyond = Q(number__gt=last[0]) | Q(number=last[0], member__gt=last[1])
        after = list(waiting.filter(beyond)[:_AT_ONCE])
        if not after:
            return
        yield from after
        last = (after[-1].number, after[-1].member)


def _source(batch: ImportBatch, file: ImportFile) -> Asked[tuple[ImportFile, UUID]]:
    instance_id = uuid4()
    target = stored(batch.project_id, instance_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    return Asked((file, instance_id), received(batch.pk, file.number, file.member), target)


def _take(batch: ImportBatch, one: Done[tuple[ImportFile, UUID]], keeps: bool) -> None:
    file, instance_id = one.asked.about
    if isinstance(one.came, Refused) and one.came.code == "no_room":
        raise NoRoom()  # no fault of the file's: it waits as it came, and the next attempt takes it in
    if isinstance(one.came, Refused):
        refuse(file, one.came.code, one.came.sentence, one.came.series)
    elif not keep(batch, file, instance_id, one.came):
        discard(one.asked.target)
    else:
        header_template(batch.project_id, instance_id)  # made now: nobody shall wait for it at the case
        if keeps:
            keep_original(batch.project_id, instance_id, one.asked.source)
    _forget(one.asked.source)


def _forget(source: Path) -> None:
    """What came in is deleted as soon as it is taken in or refused."""
    source.unlink(missing_ok=True)


def _recipe(batch: ImportBatch) -> Recipe:
    return Recipe(key=pseudonym_key(batch.project_id), options=batch.options, limits=Limits())


@contextmanager
def _alone(batch_id: UUID) -> Iterator[bool]:
    """Whether nobody else takes in this batch; nobody does until the block ends, or this process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [IMPORT_LOCK, str(batch_id)])
        (taken,) = cursor.fetchone()
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [IMPORT_LOCK, str(batch_id)])
