"""Sealing: committed events become leaves of their project's Merkle log, and its head is signed.

One process, with a role and a key of its own. Work comes from the pending queue that a trigger fills, never from
"the highest id so far": ids commit out of order. Within a stream, id order is chain order, because an id is drawn
while the stream's row is locked, and the lock is held until the commit (audit-spec 8.1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from .actions import Action
from .holding import SealingRefused, hold, refuse_older
from .keys import Signer
from .merkle import Frontier
from .models import Checkpoint, Leaf, Log, Standing
from .notes import Checkpoint as Head
from .notes import NoteError, open_checkpoint, signature_line_by, vkey
from .proving import make_tiles
from .records import Records, RecordUnreadable
from .rotation import WrongKey, signers
from .waiting import check_contiguous, insert_leaves, take_lock, take_pending


@dataclass(slots=True)
class Sealer:
    """Seals and signs; `records` is the folder, outside the database, of the last head signed of each log."""

    signer: Signer
    records: Path
    old: Signer | None = None  # the key before a rotation

    def seal(self, log: Log) -> int:
        """Seal what is pending in one log, at most AT_ONCE events; returns how many. Nothing if another has it."""
        with self._told(log), transaction.atomic():
            if not take_lock(log):
                return 0
            log = Log.objects.get(pk=log.pk)
            self._refuse_rollback(log)
            events = take_pending(log)
            if not events:
                return 0
            check_contiguous(events)
            frontier = Frontier(log.size, [bytes(h) for h in log.frontier])
            insert_leaves(log, frontier.size, events)
            make_tiles(log.pk, frontier.size, frontier.size + len(events))
            for event in events:
                frontier.append(event.leaf_hash)
            changed = Log.objects.filter(pk=log.pk, size=log.size)
            if not changed.update(size=frontier.size, frontier=frontier.hashes):
                raise SealingRefused("LOG_MOVED", "The log grew under the sealer's hands.")
        return len(events)

    def publish(self, log: Log) -> Checkpoint | None:
        """Sign the present head and keep it, here and in the database; None if it is signed already."""
        with self._told(log), transaction.atomic():
            if not take_lock(log):
                return None
            log = Log.objects.get(pk=log.pk)
            if not log.size and self._recorded(log) is None:
                return (
                    None  # nothing to sign; and a new epoch is signed by no key before its operator is ready
                )
            frontier = Frontier(log.size, [bytes(h) for h in log.frontier])
            head = Head(log.origin, log.size, frontier.root())
            self.hold_against_record(log, head)
            self._catch_up(log, head)
            keys = self._signers(log)
            self._tell(log, key=vkey(log.origin, keys[0].public_key))
            if Checkpoint.objects.filter(log=log, size=log.size).exists():
                return None
            text = head.text()
            lines = [signature_line_by(text, log.origin, key.public_key, key.sign) for key in keys]
            note = "\n".join([text, "".join(lines)])
            checkpoint = Checkpoint.objects.create(log=log, size=log.size, note=note)
        # Only now: a head recorded before its commit could outlive a rollback and stop the log for ever.
        Records(self.records).keep(log, note)
        return checkpoint

    def export_waits(self, log: Log) -> bool:
        """Whether an export's event is sealed and waits for its signed head."""
        signed = Checkpoint.objects.filter(log=log).order_by("-size").values_list("size", flat=True).first()
        fresh = Leaf.objects.filter(log=log, leaf_index__gte=signed or 0)
        return fresh.filter(event__action=Action.EXPORT_CREATED).exists()

    def hold_against_record(self, log: Log, head: Head) -> None:
        """Refuse a database that is older than, or differs from, what this sealer signed last."""
        hold(log, head, self._recorded(log))

    def _refuse_rollback(self, log: Log) -> None:
        """Add nothing to a database that lost leaves: what is missing must stay countable until it is recovered.

        Once the next epoch was begun, the count is kept there, and what waits is sealed after all.
        """
        known = self._recorded(log)
        if known is not None and known.size > log.size and not is_frozen(log):
            refuse_older(log.size, known)

    def _catch_up(self, log: Log, head: Head) -> None:
        """Whoever was killed between signing a head and recording it left the record behind.

        What its keys signed counts as recorded: it must hold like the record, and then becomes it.
        """
        known = self._recorded(log)
        signed = Checkpoint.objects.filter(log=log, size__gt=known.size if known else -1).order_by("-size")
        for note in signed.values_list("note", flat=True).iterator(chunk_size=1):
            try:
                newest = open_checkpoint(note, [vkey(log.origin, key.public_key) for key in self._held()])
            except NoteError:
                continue  # another's: it says nothing of what this sealer did
            hold(log, head, newest)
            Records(self.records).keep(log, note)
            return

    @contextmanager
    def _told(self, log: Log) -> Iterator[None]:
        """Let everybody know if the log is refused: pages show it, and exports stop."""
        try:
            yield
        except SealingRefused as refusal:
            self._tell(log, refusal.code, str(refusal))
            raise

    def _tell(self, log: Log, code: str = "", sentence: str = "", key: str = "") -> None:
        about = {"code": code, "sentence": sentence[:300], "looked_at": timezone.now()}
        named = {"vkey": key} if key else {}
        ours = {"vkey": key or vkey(log.origin, self.signer.public_key)}
        Standing.objects.update_or_create(log=log, defaults=about | named, create_defaults=about | ours)

    def _held(self) -> list[Signer]:
        return [self.signer, *([self.old] if self.old else [])]

    def _signers(self, log: Log) -> list[Signer]:
        """The keys in force. What signed the head before is known once a head was signed."""
        signed = Checkpoint.objects.filter(log=log).exists()
        before = Standing.objects.filter(log=log).values_list("vkey", flat=True).first() if signed else None
        try:
            return signers(log, self._held(), before or "", timezone.now())
        except WrongKey as wrong:
            raise SealingRefused("WRONG_KEY", str(wrong)) from None

    def _recorded(self, log: Log) -> Head | None:
        try:
            return Records(self.records).last(log)
        except RecordUnreadable as fault:
            raise SealingRefused("RECORD_UNREADABLE", str(fault)) from None


def is_frozen(log: Log) -> bool:
    """Whether the project goes on in a later epoch."""
    return Log.objects.filter(project_id=log.project_id, epoch__gt=log.epoch).exists()
