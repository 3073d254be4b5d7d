"""Which keys sign a log's heads: the one in force, and for thirty days after a rotation the one before it too.

A rotation is in force from the first head that covers its event `log.key_rotated`: so every head says by itself,
through the leaves under it, which key must have signed it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .actions import Action
from .canonical import CanonicalError, parse
from .keys import Signer
from .log import moment
from .models import Event, Log
from .notes import vkey

BOTH_FOR: Final = timedelta(days=30)


class WrongKey(Exception):
    """The sealer holds another key than the log says; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a sealed `log.key_rotated` says, and when."""

    old: str
    new: str
    at: datetime


def last_rotation(log: Log, *, sealed: bool = True) -> Rotation | None:
    """The newest change of a log's key, among what is sealed or all."""
    told = Event.objects.filter(log=log, stream_id=log.project_id, action=Action.LOG_KEY_ROTATED)
    if sealed:
        told = told.filter(leaf__leaf_index__lt=log.size)
    body = told.order_by("-stream_seq").values_list("body", flat=True).first()
    return None if body is None else _told(bytes(body))


def rotations(log: Log) -> Iterator[Rotation]:
    """Every change of a log's key that can be read, in no order."""
    told = Event.objects.filter(log=log, stream_id=log.project_id, action=Action.LOG_KEY_ROTATED)
    for body in told.values_list("body", flat=True):
        with suppress(CanonicalError, KeyError, TypeError):  # named where the event itself is checked
            yield _told(bytes(body))


def _told(body: bytes) -> Rotation:
    event = parse(body)
    return Rotation(event["extra"]["old"], event["extra"]["new"], moment(event["time"]["server"]))


def signers(log: Log, held: Sequence[Signer], signed_by: str, now: datetime) -> list[Signer]:
    """Who signs the next head, the key in force first. `signed_by` is the vkey of the head before; "" if there is none.

    WrongKey if the key in force is not among those held.
    """
    rotation = last_rotation(log)
    in_force = rotation.new if rotation else signed_by
    by_vkey = {vkey(log.origin, signer.public_key): signer for signer in held}
    if not in_force:
        return list(held[:1])
    if in_force not in by_vkey:
        raise WrongKey(_what_to_do(rotation))
    both = rotation is not None and now - rotation.at < BOTH_FOR
    before = by_vkey.get(rotation.old) if rotation and both else None
    return [by_vkey[in_force], *([before] if before else [])]


def _what_to_do(rotation: Rotation | None) -> str:
    if rotation is not None:
        return "The log names another key since its last rotation. Give the sealer that key as LOG_KEY_FILE."
    return (
        "The log was signed with another key. Give the sealer that one too, as LOG_KEY_FILE_OLD, and record the change"
        " with `manage.py rotate_log_key`."
    )
