"""Signed notes (C2SP signed-note) and the checkpoints of a log (C2SP tlog-checkpoint), with Ed25519 keys."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import EMPTY_ROOT, HASH_SIZE

ED25519 = b"\x01"
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_TREE_SIZE = 2**63 - 1


class NoteError(ValueError):
    """A note, a key or a checkpoint is malformed, or a checkpoint is not signed by its own log."""


@dataclass(frozen=True)
class Verifier:
    """A public key under a name; (name, key_id) is what a signature line is matched by."""

    name: str
    key_id: bytes
    public_key: Ed25519PublicKey

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's over the message."""
        try:
            self.public_key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signature:
    """One signature line of a note, not yet verified."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: the log's origin, the number of leaves, the 32-byte root; NoteError if it can't be one."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        _check_name(self.origin)
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise NoteError("a tree size out of range")
        if len(self.root) != HASH_SIZE or (self.size == 0 and self.root != EMPTY_ROOT):
            raise NoteError("not a root of a tree of this size")

    def text(self) -> str:
        """Return the exact three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def vkey(name: str, public_key: Ed25519PublicKey) -> str:
    """Return the key as `name+keyid+base64(type ‖ key)`, the form in which it travels."""
    _check_name(name)
    return f"{name}+{_key_id(name, public_key).hex()}+{_base64(ED25519 + public_key.public_bytes_raw())}"


def parse_vkey(text: str) -> Verifier:
    """Return the key of a vkey; NoteError if it is malformed, of another type, or its key id does not fit."""
    fields = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+(.+)", text)
    if not fields:
        raise NoteError("a malformed verifier key")
    name, key_id, encoded = fields.groups()
    _check_name(name)
    key = _unbase64(encoded)
    if key[:1] != ED25519 or len(key) != 33:
        raise NoteError("not an Ed25519 verifier key")
    public_key = Ed25519PublicKey.from_public_bytes(key[1:])
    if bytes.fromhex(key_id) != _key_id(name, public_key):
        raise NoteError("the verifier key does not fit its key id")
    return Verifier(name, bytes.fromhex(key_id), public_key)


def sign(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return the note: the text, which must end in a newline, a blank line and one signature line."""
    return f"{text}\n{signature_line(text, name, private_key)}"


def signature_line(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return one signature line over the text, to append to a note (both keys sign during a rotation)."""
    return signature_line_by(text, name, private_key.public_key(), private_key.sign)


def signature_line_by(
    text: str, name: str, public_key: Ed25519PublicKey, signs: Callable[[bytes], bytes]
) -> str:
    """Return the same line by whatever signs the bytes: a key in hand, a command, a device."""
    _check_name(name)
    _check_text(text)
    return f"— {name} {_base64(_key_id(name, public_key) + signs(text.encode()))}\n"


def split(note: str | bytes) -> tuple[str, list[Signature]]:
    """Return a note's text and its signature lines, none of them verified; NoteError if it is no note."""
    note = _decode(note)
    end = note.rfind("\n\n")
    if end < 0 or not note.endswith("\n"):
        raise NoteError("a note needs a text, a blank line and signature lines, each ended by a newline")
    lines = note[end + 2 :].split("\n")[:-1]
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError(f"a note has 1 to {MAX_SIGNATURES} signatures")
    return note[: end + 1], [_parse_signature(line) for line in lines]


def verify(note_text: str | bytes, vkeys: Iterable[str]) -> list[str]:
    """Return the names whose signatures hold, in the note's order; NoteError if note or key is malformed.

    Lines of unknown keys are ignored. A name with any known line that fails is left out altogether.
    """
    known = {(key.name, key.key_id): key for key in map(parse_vkey, vkeys)}
    text, signatures = split(note_text)
    held: dict[str, bool] = {}
    for line in signatures:
        if key := known.get((line.name, line.key_id)):
            held[line.name] = held.get(line.name, True) and key.holds(text.encode(), line.signature)
    return [name for name, holds in held.items() if holds]


def parse_checkpoint(text: str | bytes) -> Checkpoint:
    """Return the checkpoint of a note's text (not the whole note); NoteError unless it is three lines."""
    lines = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n", _decode(text))
    if not lines:
        raise NoteError("a checkpoint is three lines: origin, size, root")
    origin, size, root = lines.groups()
    return Checkpoint(origin, int(size), _unbase64(root))


def open_checkpoint(note: str | bytes, vkeys: Iterable[str]) -> Checkpoint:
    """Return the checkpoint of a signed note; NoteError unless a given key named as its origin signed it."""
    checkpoint = parse_checkpoint(split(note)[0])
    if checkpoint.origin not in verify(note, vkeys):
        raise NoteError("no given key of this log signed the checkpoint")
    return checkpoint


def _parse_signature(line: str) -> Signature:
    fields = re.fullmatch(r"— ([^ ]+) ([^ ]+)", line)
    if not fields:
        raise NoteError("a malformed signature line")
    name, encoded = fields.groups()
    _check_name(name)
    data = _unbase64(encoded)
    if len(data) < 5:
        raise NoteError("a signature line without a signature")
    return Signature(name, data[:4], data[4:])


def _key_id(name: str, public_key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key.public_bytes_raw()).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in _decode(name) or any(letter.isspace() for letter in name):
        raise NoteError("a key name is text without spaces and plus signs")


def _check_text(text: str) -> None:
    _decode(text)
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a newline")


def _decode(note: str | bytes) -> str:
    """Return the note as text, once known to be UTF-8 of bearable size without control characters."""
    try:
        data = note if isinstance(note, bytes) else note.encode()
        text = data.decode()
    except UnicodeError:
        raise NoteError("a note is UTF-8") from None
    if len(data) > MAX_NOTE_BYTES or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise NoteError("a note holds no control characters and at most a megabyte")
    return text


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("malformed base64") from None
    # Stray bits in the last letter would give one signature several spellings.
    if _base64(data) != text:
        raise NoteError("base64 that is not in its one canonical spelling")
    return data
