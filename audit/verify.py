"""Check a bundle of a Consilium log offline: the standard library alone, Python 3.9 or later, no network.

    python verify.py BUNDLE --log-key VKEY [--old-key VKEY]… [--known CHECKPOINT]… [--witness-key VKEY] [--json OUT]

BUNDLE is the ZIP or the unpacked folder. VKEY is the log's public key, `<origin>+<key id>+<base64>`; take it from a
letter or a web page, never from the bundle; of a log with several epochs it is the last one's, and those of earlier
epochs are old keys. Each CHECKPOINT is a file with a signed head of the log, of any epoch, that you kept: only with one
can a history be found out that somebody rebuilt with the log key itself.
Exit: 0 valid, 1 invalid, 2 incomplete (say, no key was given), 3 usage. The log is tamper-evident; what a bundle
holds is written in docs/bundle.md. Memory grows with the number of files, not with that of events.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and sys.path and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]  # the bundle's own folder: nothing in it may pose as a module

import argparse
import base64
import binascii
import gc
import hashlib
import heapq
import io
import json
import marshal
import os
import re
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from json.encoder import encode_basestring
from typing import Any, BinaryIO, NamedTuple

MAX_INT = 2**53 - 1
MAX_BODY = 65535
MAX_LINE = 1 << 24  # of every other file of lines, and of a JSON content
MAX_DEPTH = 200
KEPT_PER_CODE = 20
AT_ONCE = 1 << 25  # bytes that a sort holds in memory
CONTENTS_HELD = 1 << 18
CLOCK_SKEW = timedelta(minutes=10)  # between the log's clock and a witness's

_NEED_A_REASON = """
log.recovered project.unlocked import.withdrawn case.exclusion_requested case.excluded case.reinstated
case.reopened prelabel.discarded task.skipped read.recalled read.revised read.second_look read.closed_incomplete
review.corrected review.returned review.escalated arbitration.decided arbitration.sent_back label.superseded
reader.disqualified signature.refused signature.superseded dataset.withdrawn blinding.broken subject.erased
content.erased
"""
_NEED_NONE = """
log.opened log.key_rotated log.heartbeat project.created project.settings_changed project.locked
guideline.published guideline.retired guideline.acknowledged protocol.published protocol.retired
account.registered account.credentials_changed account.role_granted account.role_revoked account.disabled
account.mfa_changed training.completed import.accepted case.created case.study_attached case.advanced
case.priority_changed case.held case.resumed prelabel.attached task.opened task.reserved task.claimed
task.released task.lapsed task.withdrawn read.committed read.submitted read.draft_saved review.accepted review.waived
consensus.computed label.released probe.scored reader.paused reader.resumed safety.reported safety.acknowledged
issue.raised issue.answered display.attested signature.applied dataset.composed dataset.locked agreement.computed
deviation.recorded access.batch
security.login_failed_batch security.signature_attempt_failed security.permission_denied_batch export.created
export.downloaded audit.reviewed audit.verification_failed
"""
REASON_REQUIRED = frozenset(_NEED_A_REASON.split())
ACTIONS = REASON_REQUIRED | frozenset(_NEED_NONE.split())
VERDICTS = {
    "review.accepted": "accept",
    "review.corrected": "correct",
    "review.returned": "return",
    "review.escalated": "escalate",
    "review.waived": "waived",
}
READS = ("read.submitted", "read.revised", "read.second_look")


class Usage(Exception):
    """The check can't be made as it was asked for; the sentence says why."""


class Refused(Exception):
    """The archive or the folder is not one that the log's service writes; nothing in it is looked at."""


# --- Canonical JSON -------------------------------------------------------------------------------------------------


class _Wrong:
    """Stands in a parsed value for what no canonical value holds."""


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Wrong()


def _integer(text: str) -> Any:
    return int(text) if len(text) <= 17 and abs(int(text)) <= MAX_INT else _Wrong()


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_float=lambda _: _Wrong(),
    parse_int=_integer,
    parse_constant=lambda _: _Wrong(),
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def spelled(value: object) -> str:
    """The canonical text of a value; ValueError or TypeError if it has none."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)  # type: ignore[arg-type]
    if kind is int:
        return str(value)
    if kind is bool or value is None:
        return "null" if value is None else "true" if value else "false"
    return _ENCODER.encode(value)


def canonical(value: object) -> bytes:
    """The canonical bytes of a value; ValueError or TypeError if it has none."""
    return _ENCODER.encode(value).encode()


def _within_profile(value: object, depth: int = 0) -> bool:
    if depth > MAX_DEPTH or isinstance(value, (_Wrong, float)):
        return False
    if isinstance(value, dict):
        return all(k.isascii() and _within_profile(v, depth + 1) for k, v in value.items())
    return not isinstance(value, list) or all(_within_profile(v, depth + 1) for v in value)


_QUICK = json.JSONDecoder(parse_float=lambda _: _Wrong(), parse_constant=lambda _: _Wrong())
_ALL_BUT_MARKS = bytes(set(range(256)).difference(b'{}[]"\\'))
_SIMILAR = bytes.maketrans(b"123456789,[-", b"000000000:::")


def parsed(data: bytes) -> Any:
    """The value of canonical bytes; ValueError ("parse" or "canonical") for all other bytes."""
    if data[:1] == b"{" and data.isascii() and _is_shallow(data) and _has_no_long_number(data):
        # ASCII text has ASCII keys, and a key that occurs twice is not spelled again when the value is.
        try:
            value = _QUICK.decode(data.decode())
            if canonical(value) == data:
                return value
        except (ValueError, TypeError):  # TypeError: a number that no canonical value holds
            pass
    return _parsed_with_care(data)


def _is_shallow(data: bytes) -> bool:
    """Whether an object is surely not nested more deeply than MAX_DEPTH; nothing is said where this is hard to tell."""
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return True
    # Quotes pair up only where no text holds a bracket; a backslash stays. Each round takes off two levels at most.
    marks = data.translate(None, _ALL_BUT_MARKS).replace(b'""', b"")
    for _ in range(MAX_DEPTH // 2):
        if not marks:
            break
        marks = marks.replace(b"{}", b"").replace(b"[]", b"")
    return not marks


def _has_no_long_number(data: bytes) -> bool:
    """Whether no number has 16 digits or more, so that none is beyond MAX_INT."""
    return b":0000000000000000" not in data.translate(_SIMILAR)


def _parsed_with_care(data: bytes) -> Any:
    try:
        value = _DECODER.decode(data.decode())
        good = _within_profile(value)
        spelled = canonical(value) if good else b""
    except (ValueError, RecursionError):
        raise ValueError("parse") from None
    if not good:
        raise ValueError("parse")
    if spelled != data:
        raise ValueError("canonical")
    return value


# --- The form of an event, as one expression: canonical bytes have one spelling --------------------------------------


def _object(**members: str) -> str:
    return r"\{" + ",".join(f'"{name}":{members[name]}' for name in sorted(members)) + r"\}"


def _or_null(pattern: str) -> str:
    return f"(?:null|{pattern})"


def _text(least: int, most: int, name: str = "") -> str:
    char = r'(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[1-7be-f]|1[0-9a-f]))'
    start = f"(?P<{name}>" if name else "(?:"
    count = f"{{{least},{most}}}"
    plain = r'[^"\\\x00-\x1f]'
    return f'"{start}{plain}{count}(?=")|{char}{count})"'


def _digest(name: str = "") -> str:
    return f'"(?P<{name}>sha256:[0-9a-f]{{64}})"' if name else '"sha256:[0-9a-f]{64}"'


def _up_to(limit: int) -> str:
    """Natural numbers without leading zeros up to a limit."""
    digits = str(limit)
    rest = [
        f"{digits[:i]}[{'1' if i == 0 else '0'}-{int(d) - 1}][0-9]{{{len(digits) - i - 1}}}"
        for i, d in enumerate(digits)
        if int(d) > (1 if i == 0 else 0)
    ]
    return f"(?:0|[1-9][0-9]{{0,{len(digits) - 2}}}|{'|'.join(rest)}|{digits})"


def _some(name: str, pattern: str) -> str:
    return f"(?P<{name}>{pattern})"


_NATURAL = _up_to(MAX_INT)
_POSITIVE = f"(?!0){_NATURAL}"
_WORD = '"[a-z][a-z0-9_]{0,63}"'
_ACTOR = '"act_[0-9a-f]{32}"'
_TIME = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
_MEDIA = '"[a-z]+/[a-z0-9.+-]+(?:; ?[a-z0-9-]+=[A-Za-z0-9._+-]+)*"'
_CONTENT = _object(digest=_digest(), media_type=_MEDIA, size=_NATURAL)
_BOOL = "(?:true|false)"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_VERSION = _object(id=_text(1, 512), version=f"(?:{_POSITIVE}|{_text(1, 64)})", digest=_digest())
_INPUTS = r"(?:%s(?:,%s)*)?" % ((_object(role=_WORD, digest=_digest()),) * 2)
_SIGNATURE = _object(
    record=_digest(),
    content=_digest(),
    meaning=_WORD,
    manifest=_digest(),
    components=rf"\[{_WORD}(?:,{_WORD})*\]",
    first_in_session=_BOOL,
    evidence=_or_null(_digest()),
)
_EVENT = _object(
    schema='"consilium/audit-event/v1"',
    log='"' + _some("log", r'(?:[!#-*,-\[\]-~]|\\["\\]){1,255}') + '"',
    event_id='"'
    + _some("event_id", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    + '"',
    stream=_object(
        kind='"' + _some("kind", "case|project|batch|account|key") + '"',
        id='"' + _some("stream", _UUID) + '"',
    ),
    seq=_some("seq", _POSITIVE),
    prev=_or_null(_digest("prev")),
    time=_object(
        server='"' + _some("time", _TIME) + '"',
        client=_or_null(_text(0, 512)),
        client_zone=_or_null('"[+-][0-9]{2}:[0-9]{2}"'),
        clock='"(?:ntp-synced|unsynced|unknown)"',
        max_error_us=_NATURAL,
        regressed_us=_some("regressed", _NATURAL),
    ),
    actor=_object(
        kind='"(?:human|model|service|system)"',
        id='"' + _some("actor", _ACTOR.strip('"')) + '"',
        person=_or_null(_digest("person")),
        role=_WORD,
        site=_or_null(_text(0, 512)),
        credentials=_or_null(_digest("credentials")),
        auth=_or_null(
            _object(
                method=_WORD,
                acr=_or_null(_text(0, 512)),
                session=_or_null(_digest()),
                authenticated_at=_or_null(f'"{_TIME}"'),
            )
        ),
        on_behalf_of=_or_null(_ACTOR),
    ),
    agent=_object(
        software=_text(1, 512, "software"),
        software_digest=_or_null(_digest("software_digest")),
        client=_or_null(_text(0, 512)),
        tool=_or_null(_text(0, 512)),
        model=_or_null(
            _object(
                name=_text(1, 512), version=_text(1, 512), digest=_or_null(_digest()), purpose=_text(1, 512)
            )
        ),
    ),
    action='"' + _some("action", r"[a-z_]+\.[a-z_]+") + '"',
    object=_object(
        kind='"' + _some("object_kind", _WORD.strip('"')) + '"',
        id=_text(1, 512, "object"),
        version=_some("version", _NATURAL),
    ),
    before=_or_null(_some("before", _CONTENT)),
    after=_or_null(_some("after", _CONTENT)),
    diff=_or_null(_some("diff", _CONTENT)),
    inputs=r"\[" + _some("inputs", _INPUTS) + r"\]",
    display=_or_null(_digest("display")),
    guideline=_or_null(_some("guideline", _VERSION)),
    protocol=_or_null(_some("protocol", _VERSION)),
    blinding=_or_null(
        _object(
            peer_labels=_some("peer_labels", _BOOL),
            model_output=_some("model_output", _BOOL),
            prior_round=_BOOL,
            clinical_data=_BOOL,
        )
    ),
    reason=_or_null(
        _object(code='"' + _some("reason", _WORD.strip('"')) + '"', text=_or_null(_digest("why")))
    ),
    state=_or_null(
        _object(
            **{"from": _or_null('"' + _some("source", _WORD.strip('"')) + '"')},
            to='"' + _some("target", _WORD.strip('"')) + '"',
        )
    ),
    request=_object(id=_text(1, 512), causation=_or_null(_digest()), correlation=_or_null(_text(0, 512))),
    signature=_or_null(_some("signature", _SIGNATURE)),
    extra=_some("extra", r"null|\{.*?\}"),
)
EVENT = re.compile(_EVENT)
_INPUT = re.compile(r'"digest":"(sha256:[0-9a-f]{64})","role":"([a-z0-9_]+)"')
_OPENED_IN_EXTRA = re.compile(r'"(?:person|text)":"(sha256:[0-9a-f]{64})"')


class Event(NamedTuple):
    """What the checks need of an event: its leaf, and text as the bytes spell it; contents as raw JSON."""

    at: int
    leaf: str
    action: str = ""
    credentials: str | None = None
    actor: str = ""
    person: str | None = None
    after: str | None = None
    software: str = ""
    software_digest: str | None = None
    before: str | None = None
    model_output: str | None = None
    peer_labels: str | None = None
    diff: str | None = None
    display: str | None = None
    event_id: str = ""
    extra: str = "null"
    guideline: str | None = None
    inputs: str = ""
    log: str = ""
    object: str = ""
    object_kind: str = ""
    version: str = "0"
    prev: str | None = None
    protocol: str | None = None
    reason: str | None = None
    why: str | None = None
    seq: str = "0"
    signature: str | None = None
    source: str | None = None
    target: str | None = None
    stream: str = ""
    kind: str = ""
    regressed: str = "0"
    time: str = ""

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.kind} {self.stream} #{self.seq}"

    def more(self) -> dict[str, Any]:
        """Its `extra`, to be read only; empty if there is none, or none to be read."""
        return _more(self.extra)

    def cited(self, role: str) -> list[str]:
        """The digests among its inputs in a role."""
        return [digest for digest, named in _INPUT.findall(self.inputs) if named == role]


assert Event._fields[2:] == tuple(EVENT.groupindex)


@lru_cache(maxsize=1024)
def _more(extra: str) -> dict[str, Any]:
    try:
        value = json.loads(extra) if extra != "null" else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def digest_of(raw: str | None) -> str | None:
    """The digest in a citation or a version as an event spells it: the first member of both."""
    return raw[11:82] if raw else None


@lru_cache(maxsize=256)
def version_of(raw: str) -> dict[str, Any]:
    """A guideline or protocol version as an event cites it."""
    value = json.loads(raw)
    return value if isinstance(value, dict) else {}


def read_event(index: int, leaf: str, line: str) -> Event | None:
    """The event of a line that has the form of one; None otherwise."""
    match = EVENT.fullmatch(line)
    return Event._make((index, leaf, *match.groups())) if match else None


def guess_event(index: int, leaf: str, line: str) -> Event | None:
    """As much of an ill-formed event as the other checks can go on with; None if it isn't even that."""
    try:
        value = json.loads(line)

        def raw(name: str) -> str | None:
            return None if value.get(name) is None else _ENCODER.encode(value[name])

        state, reason = value["state"] or {}, value["reason"] or {}
        known = {
            **{"action": value["action"], "actor": value["actor"]["id"], "after": raw("after")},
            **{"before": raw("before"), "credentials": value["actor"]["credentials"], "diff": raw("diff")},
            **{"display": value["display"], "event_id": value["event_id"], "extra": raw("extra") or "null"},
            **{"guideline": raw("guideline"), "inputs": (raw("inputs") or "[]")[1:-1]},
            **{"kind": value["stream"]["kind"], "log": value["log"], "object": value["object"]["id"]},
            **{"object_kind": value["object"]["kind"], "person": value["actor"]["person"]},
            **{"prev": value["prev"], "protocol": raw("protocol"), "reason": reason.get("code")},
            **{"regressed": str(value["time"]["regressed_us"]), "seq": str(value["seq"])},
            **{"signature": raw("signature"), "source": state.get("from"), "target": state.get("to")},
            **{"software": value["agent"]["software"], "stream": value["stream"]["id"]},
            **{"software_digest": value["agent"]["software_digest"], "time": value["time"]["server"]},
            **{"version": str(value["object"]["version"]), "why": reason.get("text")},
            "model_output": value["blinding"] and str(value["blinding"]["model_output"]).lower(),
            "peer_labels": value["blinding"] and str(value["blinding"]["peer_labels"]).lower(),
        }
        int(known["seq"]), int(known["version"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not re.fullmatch(_UUID, str(known["stream"])):
        return None
    if any(
        not isinstance(known[name], str)
        for name, is_text in Event._field_defaults.items()
        if is_text is not None
    ):
        return None
    return Event(index, leaf, **known)


# --- Ed25519, signed notes, the tree ----------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)  # of -1
_Point = tuple[int, int, int, int]


def _point(data: bytes) -> _Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _add(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over the message (RFC 8032 §5.1.7); every other encoding is refused."""
    s = int.from_bytes(signature[32:], "little")
    key, commitment = _point(public), _point(signature[:32])
    if len(public) != 32 or len(signature) != 64 or s >= _L or key is None or commitment is None:
        return False
    library = _library()
    if library is not None:
        return bool(library(public, message, signature))
    assert _BASE is not None
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus = (_P - key[0], key[1], 1, _P - key[3])
    both, total = _add(_BASE, minus), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = _add(total, total)
        which = (s >> bit & 1, h >> bit & 1)
        if which != (0, 0):
            total = _add(total, {(1, 0): _BASE, (0, 1): minus, (1, 1): both}[which])
    inverse = pow(total[2], -1, _P)
    x, y = total[0] * inverse % _P, total[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


@lru_cache(maxsize=1)
def _library() -> Callable[[bytes, bytes, bytes], bool] | None:
    """The `cryptography` package's way of verifying, where it is installed: the same answers, sooner."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except Exception:  # whatever keeps it from being loaded: the way below gives the same answers
        return None

    def holds(public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return holds


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("malformed base64") from None
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is not in its one spelling")
    return data


class Key(NamedTuple):
    """A public key under a name; `type` 1 signs notes, 4 cosigns checkpoints."""

    name: str
    key_id: bytes
    type: int
    public: bytes

    def vkey(self) -> str:
        """The form in which it travels."""
        data = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{data}"


def parse_vkey(text: str) -> Key:
    """The key of a vkey; ValueError if it is none, or its key id does not fit."""
    fields = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", text)
    if not fields:
        raise ValueError("a malformed key")
    name, key_id, data = fields.group(1), bytes.fromhex(fields.group(2)), _unbase64(fields.group(3))
    if len(data) != 33 or data[0] not in (1, 4):
        raise ValueError("not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4] != key_id:
        raise ValueError("the key does not fit its key id")
    return Key(name, key_id, data[0], data[1:])


class Checkpoint(NamedTuple):
    """A signed tree head: the text that is signed, what it says, and its signature lines."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]

    def signed_by(self, key: Key) -> bool | None:
        """Whether the key's lines hold; None if it has no line here."""
        lines = [data[4:] for name, data in self.signatures if (name, data[:4]) == (key.name, key.key_id)]
        if not lines:
            return None
        return all(ed25519_holds(key.public, self.text.encode(), signature) for signature in lines)

    def cosigned_at(self, key: Key) -> int | None:
        """The time (seconds since 1970) at which a witness cosigned; None if it did not."""
        for name, data in self.signatures:
            if (name, data[:4], len(data)) == (key.name, key.key_id, 76):
                at = int.from_bytes(data[4:12], "big")
                if ed25519_holds(key.public, f"cosignature/v1\ntime {at}\n{self.text}".encode(), data[12:]):
                    return at
        return None


def parse_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint of a signed note; ValueError for anything but one, in its one spelling."""
    note = data.decode()
    if len(data) > 1_000_000 or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise ValueError("not a note")
    fields = re.fullmatch(
        r"(([^\n\s+]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n)\n((?:— [^ \n]+ [^ \n]+\n){1,100})", note
    )
    if not fields:
        raise ValueError("not a signed checkpoint")
    text, origin, size, root, lines = fields.groups()
    signatures = []
    for line in lines.splitlines():
        _, name, encoded = line.split(" ")
        if len(_unbase64(encoded)) < 5:
            raise ValueError("a signature line without a signature")
        signatures.append((name, _unbase64(encoded)))
    if len(_unbase64(root)) != 32:
        raise ValueError("not a root")
    return Checkpoint(text, origin, int(size), _unbase64(root), signatures)


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf (RFC 6962)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A Merkle tree that grows by leaves, kept as the roots of its perfect subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.hashes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """One more leaf hash."""
        full = self.size
        while full & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            full >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        result = self.hashes[-1]
        for subtree in reversed(self.hashes[:-1]):
            result = node_hash(subtree, result)
        return result


class Epoch:
    """One tree of the log: where its files lie, whose it is, and what its leaves make.

    `told` is what its first event says of the epoch before it: origin, size, root, and its newest head's digest.
    """

    def __init__(self, number: int, folder: str) -> None:
        self.number, self.folder = number, folder
        self.start = 0  # leaves in the epochs before it
        self.origin, self.size, self.root = "", 0, b""  # as it is signed, or as the next epoch tells
        self.first: Event | None = None
        self.told: dict[str, Any] | None = None
        self.lost: dict[str, Any] | None = None  # what the next epoch says was lost of it
        self.tree = Tree()
        self.roots: dict[int, bytes] = {}

    @property
    def place(self) -> str:
        """What its lines are called: the last epoch's by their number alone."""
        return "" if self.folder == LOG else f"epoch {self.number}, "

    def grow(self, leaf: bytes) -> None:
        """One more leaf hash."""
        self.tree.append(leaf)
        if self.tree.size in self.roots:
            self.roots[self.tree.size] = self.tree.root()


LOG = "data/log/"


def read_predecessor(line: bytes) -> dict[str, Any] | None:
    """What the first event of an epoch says of the one before it; None if it is no such event."""
    try:
        event = json.loads(line)
        told = event["extra"]["predecessor"]
        root, checkpoint = bytes.fromhex(told["root"][7:]), told["checkpoint"]
        good = event["action"] == "log.opened" and isinstance(told["origin"], str) and len(root) == 32
        if good and type(told["size"]) is int and (checkpoint is None or isinstance(checkpoint, str)):
            return {**told, "root": root}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return None


def in_pairs(epochs: Sequence[Epoch]) -> list[tuple[Epoch, Epoch]]:
    """Each epoch with the one after it."""
    return [(epochs[i], epochs[i + 1]) for i in range(len(epochs) - 1)]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof puts the leaf at `index` of the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            leaf = node_hash(sibling, leaf)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            leaf = node_hash(leaf, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and leaf == root


# --- Reading a bundle -------------------------------------------------------------------------------------------------


_PATH = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")


def check_path(path: str) -> str:
    """The path, if it stays inside the bundle; Refused otherwise."""
    if not _PATH.fullmatch(path) or len(path) > 200:
        raise Refused(f"{shown(path)} is no path that a bundle holds.")
    return path


class Folder:
    """An unpacked bundle. Links and anything that is no plain file are refused."""

    def __init__(self, root: str) -> None:
        inner = os.path.join(root, "bundle")
        if not os.path.exists(os.path.join(root, "bagit.txt")) and os.path.isfile(
            os.path.join(inner, "bagit.txt")
        ):
            root = inner
        self.root = root
        self.sizes = dict(self._walk(""))

    def _walk(self, below: str) -> Iterator[tuple[str, int]]:
        with os.scandir(os.path.join(self.root, below)) as entries:
            for entry in entries:
                path = check_path(f"{below}/{entry.name}" if below else entry.name)
                if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                    raise Refused(f"{path} is a link or no plain file.")
                if entry.is_dir(follow_symlinks=False):
                    yield from self._walk(path)
                else:
                    yield path, entry.stat(follow_symlinks=False).st_size

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file."""
        return open(os.path.join(self.root, path), "rb")

    def read(self, path: str) -> bytes:
        """All bytes of a small file."""
        with self.open(path) as file:
            return file.read()

    def crc(self, path: str) -> int | None:
        """A folder has none."""
        return None

    def close(self) -> None:
        """Nothing is kept open."""


_DATE = 0x0021 << 16  # 1980-01-01 00:00
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_AT_A_PLACE: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)  # Windows has none


class Zip:
    """A bundle's ZIP: stored members one after the other, and every other byte is the one that belongs there."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - members are read as long as checks run
        self._length = os.fstat(self._file.fileno()).st_size
        self._members: dict[str, tuple[int, int, int]] = {}
        try:
            self._read_directory(path)
        except struct.error:
            self.close()
            raise Refused("The ZIP file is cut off.") from None
        except Refused:
            self.close()
            raise
        self.sizes = {name: size for name, (_, size, _) in self._members.items()}

    def open(self, path: str) -> BinaryIO:
        """The bytes of a member."""
        begin, size, _ = self._members[path]
        return io.BufferedReader(_Member(self, begin, size), 1 << 16)

    def read(self, path: str) -> bytes:
        """All bytes of a small member."""
        begin, size, _ = self._members[path]
        return self.at(begin, size)

    def crc(self, path: str) -> int | None:
        """What the directory says of the member's CRC-32."""
        return self._members[path][2]

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def at(self, begin: int, size: int) -> bytes:
        """Bytes of the file, as far as it has them."""
        size = min(size, self._length - begin)
        if begin < 0 or size <= 0:
            return b""
        if _AT_A_PLACE is not None:  # two processes share the file's place: neither may move it
            return _AT_A_PLACE(self._file.fileno(), size, begin)
        self._file.seek(begin)
        return self._file.read(size) or b""

    def _read_directory(self, path: str) -> None:
        count, size, begin = self._end()
        offset = 0
        with open(path, "rb") as directory:
            directory.seek(begin)
            for _ in range(count):
                offset = self._member(directory, offset)
            if directory.tell() != begin + size or offset != begin:
                raise Refused("The ZIP file holds more or less than its directory says.")

    def _end(self) -> tuple[int, int, int]:
        """Members, size and place of the directory; nothing else may follow it."""
        if self._length < 22:
            raise Refused("This is no ZIP file.")
        _, _, _, _, count, size, begin, _ = struct.unpack("<4sHHHHLLH", self.at(self._length - 22, 22))
        large = b""
        if self._length >= 98:
            large = self.at(self._length - 98, 76)
            if large[:4] == b"PK\x06\x06":
                count, size, begin = struct.unpack("<QQQ", large[32:56])
            else:
                large = b""
        if _zip_end(count, size, begin) != self.at(begin + size, self._length - begin - size):
            raise Refused("The ZIP file ends in another way than a bundle's.")
        return count, size, begin

    def _member(self, directory: BinaryIO, offset: int) -> int:
        """Read one member's entry, hold it against the member's own header, and return where the member ends."""
        head = directory.read(46)
        _, _, _, flags, _, _, crc, size, _, named, more, _, _, _, _, _ = struct.unpack(
            "<4sHHHHLLLLHHHHHLL", head
        )
        name, extra = directory.read(named), directory.read(more)
        if size == _FULL32:
            size = int.from_bytes(extra[4:12], "little")
        streamed = flags == 8
        if head + name + extra != _zip_entry(name, streamed, crc, size, offset):
            raise Refused(f"The ZIP file's entry {shown(name.decode('latin-1'))} is not one of a bundle.")
        local = _zip_local(name, streamed, crc, size)
        after = struct.pack("<4sLQQ", b"PK\x07\x08", crc, size, size) if streamed else b""
        begin = offset + len(local)
        if self.at(offset, len(local)) != local or self.at(begin + size, len(after)) != after:
            raise Refused(f"The ZIP file and its directory disagree on {shown(name.decode('latin-1'))}.")
        top, _, inside = name.decode("latin-1").partition("/")
        if top != "bundle" or check_path(inside) in self._members:
            raise Refused(f"{shown(name.decode('latin-1'))} lies outside the bundle, or is there twice.")
        self._members[inside] = (begin, size, crc)
        return int(begin + size + len(after))


class _Member(io.RawIOBase):
    """One member of a ZIP file as a stream."""

    def __init__(self, archive: Zip, begin: int, size: int) -> None:
        self._archive, self._begin, self._end = archive, begin, begin + size
        self._at = begin

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: self._begin, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        return self._at - self._begin

    def readinto(self, buffer: Any) -> int:
        data = self._archive.at(self._at, max(0, min(len(buffer), self._end - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _zip_local(name: bytes, streamed: bool, crc: int, size: int) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if streamed else b""
    if streamed:
        crc, size = 0, _FULL32
    fields = (45 if streamed else 20, 8 if streamed else 0, 0, _DATE, crc, size, size, len(name), len(extra))
    return struct.pack("<4sHHHLLLLHH", b"PK\x03\x04", *fields) + name + extra


def _zip_entry(name: bytes, streamed: bool, crc: int, size: int, begin: int) -> bytes:
    large = [n for n in (size, size, begin) if n >= _FULL32]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version, short, at = 45 if streamed or large else 20, min(size, _FULL32), min(begin, _FULL32)
    head = (3 << 8 | version, version, 8 if streamed else 0, 0, _DATE, crc, short, short)
    rest = (len(name), len(extra), 0, 0, 0, 0o100644 << 16, at)
    return struct.pack("<4sHHHHLLLLHHHHHLL", b"PK\x01\x02", *head, *rest) + name + extra


def _zip_end(count: int, size: int, begin: int) -> bytes:
    found = b""
    if count >= _FULL16 or size >= _FULL32 or begin >= _FULL32:
        found = struct.pack("<4sQHHLL", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0)
        found += struct.pack("<QQQQ", count, count, size, begin)
        found += struct.pack("<4sLQL", b"PK\x06\x07", 0, begin + size, 1)
    count = min(count, _FULL16)
    sizes = (min(size, _FULL32), min(begin, _FULL32))
    return found + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, *sizes, 0)


def open_bundle(path: str) -> Any:
    """The ZIP or folder at a path; Usage if there is none, Refused if it isn't safe to read."""
    if os.path.isdir(path):
        return Folder(path)
    if not os.path.isfile(path):
        raise Usage(f"There is no bundle {path}.")
    return Zip(path)


class Sorted:
    """Byte strings in order, sorted on disk where they are too many for memory."""

    def __init__(self) -> None:
        self._here: list[bytes] = []
        self._runs: list[BinaryIO] = []
        self._size = 0

    def add(self, record: bytes) -> None:
        """One more."""
        self._here.append(record)
        self._size += len(record) + 60
        if self._size > AT_ONCE:
            self._put_away()

    def _put_away(self) -> None:
        self._here.sort()
        run: Any = tempfile.TemporaryFile()  # noqa: SIM115
        for record in self._here:
            run.write(struct.pack("<L", len(record)) + record)
        run.seek(0)
        self._runs.append(run)
        self._here, self._size = [], 0

    def __iter__(self) -> Iterator[bytes]:
        self._here.sort()
        if not self._runs:
            return iter(self._here)
        return heapq.merge(*map(_records, self._runs), self._here)


def _records(run: BinaryIO) -> Iterator[bytes]:
    with run:
        while True:
            head = run.read(4)
            if not head:
                return
            yield run.read(struct.unpack("<L", head)[0])


def shown(text: str) -> str:
    """Text of a stranger as it may be printed: short, and without what a terminal would act on."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[:120])
    return clean + ("…" if len(text) > 120 else "")


# --- One run of all checks --------------------------------------------------------------------------------------------


class Hooks:
    """Functions that checks want called; each is kept with the check that asked."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.pairs: list[tuple[str, Callable[..., None]]] = []

    def append(self, hook: Callable[..., None]) -> None:
        """One more, of the check that is being set up."""
        self.pairs.append((self._run.check, hook))


class Run:
    """A bundle under check: what was found wrong, what could not be looked at, and what the checks hear of."""

    def __init__(
        self,
        bundle: Any,
        log_key: Key | None = None,
        known: Sequence[tuple[str, Checkpoint]] = (),
        witness: Key | None = None,
        old_keys: Sequence[Key] = (),
    ) -> None:
        self.bundle, self.log_key, self.known, self.witness = bundle, log_key, known, witness
        self.old_keys = old_keys
        self._faults: dict[str, list[tuple[str, str, str]]] = {}  # by check
        self._counts: dict[tuple[str, str], int] = {}  # by check and code
        self.check = ""
        self.not_checked: list[str] = []
        self.incomplete: list[str] = []
        self.events = self.streams = 0
        self.gone = 0  # contents that were erased, so that what hangs on them can't be checked
        # What checks ask to be told of.
        self.on_line = Hooks(self)  # (number, line, text, event or None): of each line of events.ndjson
        self.on_leaf = Hooks(self)  # (event): each event, in the order of the tree
        self.on_event = Hooks(self)  # (event, the one before it or None): again, stream by stream
        self.on_stream = Hooks(self)  # (last event): a stream has ended
        self.at_end = Hooks(self)  # after the first pass
        self.at_close = Hooks(self)  # after the second
        # What every check may read.
        self.digests: dict[str, str] = {}
        self.unlike_its_name: dict[str, str] = {}
        self.info: dict[str, str] = {}
        self.checkpoint: Checkpoint | None = None
        self.export: Event | None = None
        self.erased: set[str] = set()
        self.unbuilt: set[str] = set()  # actions whose checks this file does not have yet
        self.rotations: list[Event] = []  # of the log key, in the order of the tree
        self._contents: dict[str, Any] = {}  # those parsed lately, by digest
        self._held = 0  # bytes that they were
        self.claims = Sorted()  # a commitment, and what is shown as its opening
        self.epochs = [Epoch(1, LOG)]  # oldest first; the last is under the checkpoint
        self.now = self.epochs[0]  # the one whose lines are being read

    @property
    def profile(self) -> str:
        """As bag-info says; V18 holds it against the event."""
        return self.info.get("Consilium-Profile", "full")

    @property
    def subset(self) -> bool:
        """Whether only chosen cases are shown."""
        return self.profile == "subset"

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """Code, place and message of what is wrong, in the order of the checks."""
        return [fault for check in sorted(self._faults, key=_number_of) for fault in self._faults[check]]

    @property
    def counts(self) -> dict[str, int]:
        """How many faults were found, by code."""
        return self._summed(1)

    @property
    def by_check(self) -> dict[str, int]:
        """How many faults were found, by check."""
        return self._summed(0)

    def _summed(self, part: int) -> dict[str, int]:
        totals: dict[str, int] = {}
        for key, count in self._counts.items():
            totals[key[part]] = totals.get(key[part], 0) + count
        return totals

    def fault(self, code: str, place: str, message: str) -> None:
        """Something is wrong. Of each code the first few that a check finds are kept, and all are counted."""
        count = self._counts[self.check, code] = self._counts.get((self.check, code), 0) + 1
        if count <= KEPT_PER_CODE:
            self._faults.setdefault(self.check, []).append((code, shown(place), shown(message)))

    def findings(self, checks: Sequence[tuple[str, str, Callable[[Run], None]]]) -> tuple[Any, ...]:
        """What these checks found, and the claims that they left for others, as `adopt` takes it."""
        names = {name for name, _, _ in checks}
        counts = {key: count for key, count in self._counts.items() if key[0] in names}
        faults = {name: found for name, found in self._faults.items() if name in names}
        return faults, counts, self.gone, list(self.claims)

    def adopt(self, findings: tuple[Any, ...]) -> None:
        """Add what other checks found on the same bundle."""
        faults, counts, gone, claims = findings
        for claim in claims:
            self.claims.add(claim)
        self._faults.update(faults)
        self._counts.update(counts)
        self.gone += gone

    def read(self, path: str, most: int = MAX_LINE) -> bytes:
        """A small file's bytes; none if it isn't there or is larger than it may be."""
        if not 0 <= self.bundle.sizes.get(path, -1) <= most:
            return b""
        return bytes(self.bundle.read(path))

    def lines(self, path: str, check: str = "") -> Iterator[bytes]:
        """The lines of a file without their LF; one that is too long, or lacks its LF, ends it with a fault.

        The fault is that of `check`, or else of the check at work.
        """
        if path not in self.bundle.sizes:
            return
        with self.bundle.open(path) as file:
            while True:
                line = file.readline(MAX_LINE + 1)
                if not line:
                    return
                if not line.endswith(b"\n"):
                    self.check = check or self.check
                    self.fault("FILE_CHANGED", path, "A line is too long, or the last one is not ended.")
                    return
                yield line[:-1]

    def content(self, digest: str | None) -> Any:
        """The JSON of a content, to be read only; None if it isn't there or is none."""
        if not digest:
            return None
        if digest not in self._contents:
            data = self.read(content_path(digest))
            self._held += len(data)
            if self._held > CONTENTS_HELD:
                self._contents.clear()
                self._held = len(data)
            try:
                self._contents[digest] = parsed(data) if data else None
            except ValueError:
                self._contents[digest] = None
        return self._contents[digest]

    def is_gone(self, digest: str | None) -> bool:
        """Whether a content was erased, by an event that says so."""
        self.gone += digest in self.erased
        return digest in self.erased

    def epoch_of(self, event: Event) -> tuple[Epoch, int]:
        """The tree that an event is a leaf of, and its place there."""
        epoch = next((one for one in reversed(self.epochs) if event.at >= one.start), self.epochs[0])
        return epoch, event.at - epoch.start

    def key_of(self, epoch: Epoch) -> Key | None:
        """The key that was given for an epoch."""
        if epoch is self.epochs[-1]:
            return self.log_key
        return next((key for key in self.old_keys if key.name == epoch.origin), None)

    def log_keys(self, epoch: Epoch) -> list[tuple[int, Key]]:
        """An epoch's keys as its rotations tell, each with the place of the event that put it in force.

        Only the given key if nothing is told that can be followed: V19 says so.
        """
        given = self.key_of(epoch)
        if given is None:
            return []
        rotations = [one for one in self.rotations if self.epoch_of(one)[0] is epoch]
        told = [_rotation(self, event) for event in rotations]
        pairs = [pair for pair in told if pair is not None]
        follows = all(pairs[i][1] == pairs[i + 1][0] for i in range(len(pairs) - 1))
        if not pairs or len(pairs) < len(told) or not follows:
            return [(-1, given)]
        places = [self.epoch_of(one)[1] for one in rotations]
        chain = [(-1, pairs[0][0]), *((places[i], pairs[i][1]) for i in range(len(pairs)))]
        return chain if given in [key for _, key in chain] else [(-1, given)]

    def key_over(self, epoch: Epoch, size: int) -> Key | None:
        """The key that must have signed a head of so many leaves; None if no key was given."""
        return next((key for at, key in reversed(self.log_keys(epoch)) if at < size), None)

    def go(
        self,
        checks: Sequence[tuple[str, str, Callable[[Run], None]]],
        aside: bool = False,
        before_close: Callable[[], None] = lambda: None,
    ) -> None:
        """Make these checks; `aside`: they need neither the files' digests nor the tree, which others look at."""
        self._aside = aside
        self.check = "V1"
        if not aside:
            self._scan()
        self.info = dict(_info_lines(self.read("bag-info.txt")))
        try:
            self.checkpoint = parse_checkpoint(self.read("data/log/checkpoint"))
        except ValueError:
            self.checkpoint = None  # V2 says so
        self._find_epochs()
        for self.check, _, check in checks:
            try:
                check(self)
            except Exception as error:
                self._lost(error, ())
        self._read_log()
        self._read_streams()
        before_close()
        self._tell(self.at_close)

    def _find_epochs(self) -> None:
        """The trees that are here, each with what the first event of the next one says of it: V5 and V6 hold it."""
        folder = re.compile(r"data/log/epochs/([1-9][0-9]{0,3})/events\.ndjson")
        found = filter(None, map(folder.fullmatch, self.bundle.sizes))
        numbers = sorted(int(one.group(1)) for one in found)
        earlier = [Epoch(number, f"{LOG}epochs/{number}/") for number in numbers]
        self.epochs = [*earlier, Epoch(len(numbers) + 1, LOG)]
        if self.checkpoint is not None:
            last = self.epochs[-1]
            last.origin, last.size, last.root = self.checkpoint[1:4]
        for before, after in in_pairs(self.epochs):
            after.told = read_predecessor(next(self.lines(f"{after.folder}events.ndjson", "V7"), b""))
            if after.told is not None:
                before.origin, before.size = after.told["origin"], after.told["size"]
                before.root = after.told["root"]

    def _tell(self, hooks: Hooks, *what: Any) -> None:
        for self.check, hook in hooks.pairs:
            try:
                hook(*what)
            except Exception as error:
                self._lost(error, what)

    def _lost(self, error: Exception, what: Sequence[Any]) -> None:
        """What a stranger wrote may break any assumption: then it is not valid."""
        if isinstance(error, OSError):
            raise error
        event = next((one for one in what if isinstance(one, Event)), None)
        said = f"This can't be followed ({type(error).__name__}: {error})."
        self.fault("UNREADABLE", event.place if event else self.check, said)

    def _scan(self) -> None:
        """Hash every file once."""
        for path in sorted(self.bundle.sizes):
            whole, crc = hashlib.sha256(), 0
            for some in self._pieces(path):
                whole.update(some)
                crc = binascii.crc32(some, crc)
            if self.bundle.crc(path) not in (None, crc):
                self.fault("FILE_CHANGED", path, "Its CRC-32 in the ZIP file is another.")
            if content_path(f"sha256:{whole.hexdigest()}") != path:
                self.digests[path] = whole.hexdigest()

    def _pieces(self, path: str) -> Iterator[bytes]:
        if self.bundle.sizes[path] <= 1 << 20:
            yield self.bundle.read(path)
            return
        with self.bundle.open(path) as file:
            while True:
                some = file.read(1 << 20)
                if not some:
                    return
                yield some

    def digest(self, path: str) -> str:
        """The SHA-256 of a file, in hex."""
        return self.digests.get(path) or path.rpartition("/")[2]

    def _read_log(self) -> None:
        """First pass: every event in the order of the trees."""
        self._by_stream, self._lines = Sorted(), 0
        total = 0
        for epoch in self.epochs:
            self.now, epoch.start = epoch, total
            self._read_epoch(epoch)
            total += epoch.tree.size
        self._tell(self.at_end)

    def _read_epoch(self, epoch: Epoch) -> None:
        leaves = self._leaves(epoch) if self.subset and not self._aside else None
        grow = None if self.subset or self._aside else epoch.grow
        epoch.roots[0] = epoch.tree.root()
        for number, line in enumerate(self.lines(f"{epoch.folder}events.ndjson", "V7")):
            hashed = hashlib.sha256(b"\x00" + line)
            index, named = number, f"sha256:{hashed.hexdigest()}"
            if grow is not None:
                grow(hashed.digest())
            elif leaves is not None:
                index = self._sought(leaves, hashed.digest(), f"{epoch.place}line {number + 1}")
            text = line.decode("utf-8", "replace")
            at = epoch.start + index if index >= 0 else -1
            event = read_event(at, named, text)
            if self.on_line.pairs:
                self._tell(self.on_line, number, line, text, event)
            event = event or guess_event(at, named, text)
            if event is not None:
                if index == 0:
                    epoch.first = event
                self._take(event)
        for _ in leaves or ():
            pass

    def _take(self, event: Event) -> None:
        """An event of the first pass."""
        self.events += 1
        if event.leaf == self.info.get("Consilium-Event"):
            self.export = event
        if event.action == "content.erased":
            self.erased.add(event.object)
        elif event.action == "log.key_rotated":
            self.rotations.append(event)
        elif event.action == "signature.applied":
            self.unbuilt.add(event.action)
        self._tell(self.on_leaf, event)
        key = bytes.fromhex(event.stream.replace("-", "")) + struct.pack(">q", self._lines)
        self._by_stream.add(key + marshal.dumps(tuple(event)))
        self._lines += 1

    def _sought(self, leaves: Iterator[tuple[int, bytes]], leaf: bytes, place: str) -> int:
        """The place of a subset's event among all leaves; -1 with a fault if it has none."""
        index = next((at for at, one in leaves if one == leaf), -1)
        if index < 0:
            self.check = "V5"
            self.fault("ROOT_MISMATCH", place, "It is no leaf of the tree, or not in its place.")
        return index

    def _leaves(self, epoch: Epoch) -> Iterator[tuple[int, bytes]]:
        """The leaf hashes of a subset, which make its tree."""
        path = f"{epoch.folder}leaves.bin"
        if path not in self.bundle.sizes:
            return
        with self.bundle.open(path) as file:
            while True:
                leaf = file.read(32)
                if not leaf:
                    return
                epoch.grow(leaf)
                yield epoch.tree.size - 1, leaf

    def _read_streams(self) -> None:
        """Second pass: every stream by itself, from its first event to its last."""
        last: Event | None = None
        for record in self._by_stream:
            event = Event._make(marshal.loads(record[24:]))  # noqa: S302 - what this process wrote
            if last is not None and last.stream != event.stream:
                self._tell(self.on_stream, last)
                last = None
            self.streams += last is None
            self._tell(self.on_event, event, last)
            last = event
        if last is not None:
            self._tell(self.on_stream, last)


def _info_lines(data: bytes) -> Iterator[tuple[str, str]]:
    for line in data.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(": ")
        yield name, value


def content_path(digest: str) -> str:
    """Where a content lies in the bundle."""
    return f"data/content/sha256/{digest[7:9]}/{digest[7:]}"


# --- The checks -------------------------------------------------------------------------------------------------------

PAYLOAD = re.compile(
    "data/(?:README.txt|workflow-graph.json|openings.ndjson|trust/log(?:-e[1-9][0-9]{0,3})?.vkey|schema/[a-z0-9-]+.json"
    "|log/(?:checkpoint|checkpoints/[1-9][0-9]*|events.ndjson|heads.ndjson|leaves.bin|proofs/[0-9a-f-]{36}.tlog-proof)"
    "|log/epochs/[1-9][0-9]{0,3}/(?:events.ndjson|leaves.bin|checkpoints/[1-9][0-9]*)"
    "|content/(?:index.ndjson|sha256/[0-9a-f]{2}/[0-9a-f]{64})|registers/(?:guidelines|readers).ndjson"
    "|labels/(?:manifest.ndjson|labels.ndjson|labels.csv))".replace(".", "[.]")
)
_OF_EPOCH = re.compile("data/(?:log/epochs/|trust/log-e)([1-9][0-9]{0,3})[/.]")
_ALWAYS = """
data/README.txt data/workflow-graph.json data/log/checkpoint data/log/events.ndjson data/log/heads.ndjson
data/content/index.ndjson data/registers/guidelines.ndjson data/registers/readers.ndjson
data/labels/manifest.ndjson data/labels/labels.ndjson data/labels/labels.csv tagmanifest-sha256.txt
bag-info.txt bagit.txt manifest-sha256.txt verify.py
"""
ALWAYS = frozenset(_ALWAYS.split())
TAGS = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def v1_bag(run: Run) -> None:
    """Every file is the one that the manifests list, and no other is there."""
    paths = sorted(run.bundle.sizes)
    payload = [path for path in paths if path.startswith("data/")]
    _check_manifest(run, "manifest-sha256.txt", payload)
    _check_manifest(run, "tagmanifest-sha256.txt", [path for path in paths if path in TAGS])
    for path in sorted(ALWAYS.difference(paths)):
        run.fault("FILE_MISSING", path, "Every bundle has this file.")
    numbers = {epoch.number for epoch in run.epochs[:-1]}
    for path in paths:
        proves = path.endswith("/leaves.bin") or path.startswith("data/log/proofs/")
        of_epoch = _OF_EPOCH.match(path)
        strange = of_epoch is not None and int(of_epoch.group(1)) not in numbers
        if strange or not (path in ALWAYS or PAYLOAD.fullmatch(path)) or (proves and not run.subset):
            run.fault("FILE_EXTRA", path, "No such bundle has this file.")
    octets = f"{sum(run.bundle.sizes[path] for path in payload)}.{len(payload)}"
    if run.info.get("Payload-Oxum") != octets or run.read("bagit.txt") != BAGIT:
        run.fault(
            "FILE_CHANGED", "bag-info.txt", "It counts other files than there are, or bagit.txt was changed."
        )


def _check_manifest(run: Run, manifest: str, paths: list[str]) -> None:
    expected = hashlib.sha256()
    for path in paths:
        expected.update(f"{run.digest(path)}  {path}\n".encode())
    if expected.hexdigest() == (run.digests.get(manifest) or ""):
        return
    listed = {}
    for line in run.lines(manifest):
        digest, _, path = line.decode("utf-8", "replace").partition("  ")
        listed[path] = digest
    run.fault("FILE_CHANGED", manifest, "It does not list the files as they are.")
    for path in sorted(listed.keys() | set(paths)):
        if path not in run.bundle.sizes:
            run.fault("FILE_MISSING", path, "It is listed and is not there.")
        elif path not in listed:
            run.fault("FILE_EXTRA", path, "It is there and is not listed.")
        elif listed[path] != run.digest(path):
            run.fault("FILE_CHANGED", path, "Its SHA-256 is not the one listed.")


def v2_checkpoint(run: Run) -> None:
    """The checkpoint is signed by the given key, and all that speaks of the log's head says the same."""
    head = run.checkpoint
    if head is None:
        run.fault("CHECKPOINT_UNSIGNED", "data/log/checkpoint", "It is no signed checkpoint.")
        return
    said = (run.info.get("Consilium-Log"), run.info.get("Consilium-Size"), run.info.get("Consilium-Root"))
    if said != (head.origin, str(head.size), base64.b64encode(head.root).decode()):
        run.fault("ORIGIN_MISMATCH", "bag-info.txt", "It names another head of the log than the checkpoint.")
    if run.log_key is None:
        run.incomplete.append("V2: no log key was given: integrity only, origin not proven.")
        return
    if run.log_key.name != head.origin:
        run.fault(
            "ORIGIN_MISMATCH",
            "data/log/checkpoint",
            f"It is of {head.origin}, the key of {run.log_key.name}.",
        )
    if run.read("data/trust/log.vkey") != f"{run.log_key.vkey()}\n".encode():
        run.not_checked.append("data/trust/log.vkey is another key than the one you gave; yours was used.")
    run.at_end.append(lambda: _check_signature(run, head))


def _check_signature(run: Run, head: Checkpoint) -> None:
    """Signed by the key in force: the given one, or one to which the log leads from it."""
    last = run.epochs[-1]
    key = run.key_over(last, head.size)
    if key is None:
        return
    held = head.signed_by(key)
    if not held:
        code, said_so = (
            ("CHECKPOINT_UNSIGNED", "did not sign it") if held is None else ("SIG_BAD", "signed another text")
        )
        run.fault(code, "data/log/checkpoint", f"The given key {said_so}.")
    keys = run.log_keys(last)
    given = next(number for number, (_, one) in enumerate(keys) if one == run.log_key)
    for number in range(given, len(keys) - 1):
        if not _is_bridged(run, keys[number][1], keys[number + 1][0]):
            said_so = (
                "No head that covers the rotation after it is signed by it: get the newer key from outside."
            )
            run.fault("CHECKPOINT_UNSIGNED", "data/log/checkpoint", f"The given key is older. {said_so}")


def _is_bridged(run: Run, old: Key, at: int) -> bool:
    """Whether a head that covers the rotation at a place carries the older key's line, too."""
    for path in run.bundle.sizes:
        if path.startswith("data/log/checkpoints/"):
            try:
                head = parse_checkpoint(run.read(path))
            except ValueError:
                continue  # V6 says so
            if head.size > at and head.signed_by(old):
                return True
    return False


def v3_witness(run: Run) -> None:
    """The witness, if its key was given, cosigned the checkpoint."""
    if run.witness is None:
        run.not_checked.append("V3: no witness key was given.")
    elif run.checkpoint is None or run.checkpoint.cosigned_at(run.witness) is None:
        run.fault("WITNESS_MISSING", "data/log/checkpoint", "The witness did not cosign it.")


def v5_tree(run: Run) -> None:
    """The leaves are as many as were signed, or told by the next epoch, and their root is the one that was."""

    def end() -> None:
        for epoch in run.epochs:
            if not epoch.origin:
                continue  # V2 says so, or V6
            place, said = epoch.folder[:-1], "signed" if epoch.folder == LOG else "told of by the next epoch"
            if epoch.tree.size != epoch.size:
                message = f"{epoch.size} leaves were {said}, {epoch.tree.size} are there."
                run.fault("TREE_SIZE", place, message)
            if epoch.tree.root() != epoch.root:
                run.fault("ROOT_MISMATCH", place, f"The leaves are not those that were {said}.")

    run.at_end.append(end)
    if run.subset:
        run.on_stream.append(lambda last: _check_proof(run, last))


def _check_proof(run: Run, last: Event) -> None:
    """In a subset, a proof leads from each case's last event to the root, if that is in the last epoch."""
    epoch, at = run.epoch_of(last)
    if last.kind != "case" or run.checkpoint is None or epoch is not run.epochs[-1]:
        return
    path = f"data/log/proofs/{last.stream}.tlog-proof"
    text = run.read(path).decode("utf-8", "replace")
    head, _, note = text.partition("\n\n")
    fields = re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,18})((?:\n[A-Za-z0-9+/=]+)*)", head
    )
    try:
        proof = [_unbase64(one) for one in fields.group(2).split()] if fields else []
    except ValueError:
        fields = None
    leaf, root = bytes.fromhex(last.leaf[7:]), run.checkpoint.root
    same = note.encode() == run.read("data/log/checkpoint")
    if not (fields and same and int(fields.group(1)) == at):
        run.fault("ROOT_MISMATCH", path, "There is no proof for the case's last event.")
    elif not included(leaf, at, run.checkpoint.size, proof, root):
        run.fault("ROOT_MISMATCH", path, "The proof does not lead to the signed root.")


def v6_history(run: Run) -> None:
    """Every earlier checkpoint, in the bundle or known from elsewhere, is the head of a beginning of this log."""
    kept: list[tuple[str, Checkpoint, Epoch]] = []
    head = run.checkpoint
    for epoch in run.epochs:
        for path in sorted(run.bundle.sizes):
            if path.startswith(f"{epoch.folder}checkpoints/"):
                earlier = _earlier(run, epoch, path)
                if earlier is not None:
                    kept.append((path, earlier, epoch))
        epoch.roots.update({earlier.size: b"" for _, earlier, of in kept if of is epoch})
        epoch.roots.update({known.size: b"" for _, known in run.known if known.origin == epoch.origin})
    if head is not None and f"data/log/checkpoints/{head.size}" not in run.bundle.sizes:
        run.fault("FILE_MISSING", f"data/log/checkpoints/{head.size}", "The checkpoint itself is among them.")
    _check_epochs(run)
    losses: list[Event] = []
    named: list[Event] = []
    opened: list[Event] = []
    about = {"log.recovered": losses, "log.heartbeat": named, "log.opened": opened}
    run.on_leaf.append(lambda event: about[event.action].append(event) if event.action in about else None)

    def end() -> None:
        _check_links(run, kept)
        for event in losses:
            _check_loss(run, event)
        for event in named:
            _check_named_head(run, event)
        for event in opened:
            if run.epoch_of(event)[1] != 0:
                run.fault("HISTORY_FORK", event.place, "A log is opened by its first event, and by no other.")
        for path, earlier, epoch in kept:
            key = run.key_over(epoch, earlier.size)
            if key is not None and not earlier.signed_by(key):
                run.fault("SIG_BAD", path, "The given key did not sign it.")
        for name, earlier, epoch in [*kept, *_proving(run)]:
            if epoch.roots.get(earlier.size) != earlier.root:
                said = f"The first {earlier.size} events are not those that were signed then."
                run.fault("HISTORY_FORK", name, said)

    run.at_end.append(end)


_ORIGIN = re.compile(r"(?:.*/)?p/([^/]+)/e([1-9][0-9]{0,3})")


def _check_epochs(run: Run) -> None:
    """Every epoch is here, and each belongs to the same project."""
    head = run.checkpoint
    named = [_ORIGIN.fullmatch(epoch.origin) for epoch in run.epochs]
    last = named[-1]
    count = int(last.group(2)) if last else 1
    numbers = {epoch.number for epoch in run.epochs[:-1]}
    for number in sorted(set(range(1, min(count, 10_000))) ^ numbers):
        run.fault("FILE_MISSING", f"data/log/epochs/{number}", "An epoch of this log is missing, or of none.")
    for place, epoch in enumerate(run.epochs[:-1]):
        one = named[place]
        other = one is None or last is None or one.groups() != (last.group(1), str(epoch.number))
        if head is not None and epoch.origin and other:
            run.fault("HISTORY_FORK", epoch.folder[:-1], "The next epoch tells of a log of another project.")
        if run.log_key is not None and run.key_of(epoch) is None:
            said = f"no key of {shown(epoch.origin)} was given: who signed its heads"
            run.not_checked.append(f"V6: {said}; the next epoch's first event states it as it is.")


def _check_links(run: Run, kept: list[tuple[str, Checkpoint, Epoch]]) -> None:
    """The first event of each epoch, and no other, tells of the one before it."""
    first = run.epochs[0].first
    if first is not None and "predecessor" in first.more():
        run.fault("FILE_MISSING", "data/log/epochs", "The first event tells of an epoch that isn't here.")
    for before, after in in_pairs(run.epochs):
        opened = after.first
        if after.told is None or opened is None or opened.action != "log.opened":
            run.fault(
                "HISTORY_FORK", after.folder[:-1], "Its first event doesn't tell of the epoch before it."
            )
            continue
        heads = [(head.size, path) for path, head, of in kept if of is before]
        newest = f"sha256:{run.digest(max(heads)[1])}" if heads else None
        if after.told["checkpoint"] != newest:
            said = "Its newest checkpoint is not the one that the next epoch's first event names."
            run.fault("HISTORY_FORK", before.folder[:-1], said)


def _check_named_head(run: Run, event: Event) -> None:
    """A sign of life names the newest head of its log when it was written: that head is here, and it is that one."""
    epoch, at = run.epoch_of(event)
    head = event.more().get("head")
    if head is None:
        return
    try:
        path = f"{epoch.folder}checkpoints/{int(head['size'])}"
        good = head["size"] <= at and head["checkpoint"] == f"sha256:{run.digests[path]}"
    except (KeyError, TypeError, ValueError):
        good = False
    if not good:
        run.fault("HISTORY_FORK", event.place, "The head that it names is not here, or another.")


def _check_loss(run: Run, event: Event) -> None:
    """What an epoch says was lost of the one before: a head of it that was signed, and the leaves from where on."""
    epoch, _ = run.epoch_of(event)
    more, place = event.more(), run.epochs.index(epoch)
    before = run.epochs[place - 1] if place else None
    try:
        said, first, count = more["witnessed"], more["first_missing"], more["count"]
        note = parse_checkpoint(run.read(content_path(said["checkpoint"])))
        good = before is not None and said["origin"] == note.origin == before.origin
        good = good and said["root"] == f"sha256:{note.root.hex()}" and said["size"] == note.size
        good = good and first + count == note.size and 0 <= first < note.size
        good = good and before is not None and first <= before.size
        good = good and digest_of(event.after) == said["checkpoint"]
    except (ValueError, KeyError, TypeError):
        good = False
    if not good or before is None:
        run.fault("HISTORY_FORK", event.place, "It names no signed head of the epoch before it.")
        return
    key = run.key_over(before, note.size)
    if key is not None and not note.signed_by(key):
        run.fault("SIG_BAD", event.place, "The key of the epoch before did not sign the head that it names.")
    before.lost = {"first": first, "size": note.size, "root": note.root}
    run.not_checked.append(
        f"Epoch {epoch.number} says that {count} events of epoch {before.number}, from leaf {first} on, were lost."
    )


def _proving(run: Run) -> Iterator[tuple[str, Checkpoint, Epoch]]:
    """The checkpoints known from elsewhere that prove something of this log as far as the bundle goes."""
    for name, known in run.known:
        epoch = next((one for one in run.epochs if one.origin == known.origin), None)
        keys = [key for _, key in run.log_keys(epoch or run.epochs[-1])]
        lost = epoch.lost if epoch else None
        if run.log_key is not None and not any(known.signed_by(key) for key in keys):
            which = "given key" if epoch in (None, run.epochs[-1]) else "given key of its epoch (--old-key)"
            run.incomplete.append(f"V6: {shown(name)} is not signed by the {which}, so it proves nothing.")
        elif epoch is None:
            run.fault("ORIGIN_MISMATCH", name, "It is a checkpoint of another log.")
        elif lost is not None and lost["first"] < known.size <= lost["size"]:
            if known.size == lost["size"] and known.root != lost["root"]:
                run.fault("HISTORY_FORK", name, "Another head than this is said to have been signed.")
            else:
                said = "it covers events that were lost, as the next epoch says"
                run.incomplete.append(f"V6: {shown(name)} proves only a part of it: {said}.")
        elif known.size > epoch.size:
            said = f"The log had {known.size} events already; this bundle knows {epoch.size}."
            run.fault("ROLLBACK", name, said)
        else:
            yield name, known, epoch


def _earlier(run: Run, epoch: Epoch, path: str) -> Checkpoint | None:
    data = run.read(path)
    try:
        earlier = parse_checkpoint(data)
    except ValueError:
        run.fault("CHECKPOINT_UNSIGNED", path, "It is no signed checkpoint.")
        return None
    if epoch.origin and (earlier.origin != epoch.origin or earlier.size > epoch.size):
        run.fault("ORIGIN_MISMATCH", path, "It is of another log, or of a later day.")
    elif path != f"{epoch.folder}checkpoints/{earlier.size}":
        run.fault("HISTORY_FORK", path, "It is kept under another size than its own.")
    elif epoch.folder == LOG and run.checkpoint is not None and earlier.size == run.checkpoint.size:
        if data != run.read("data/log/checkpoint"):
            run.fault("HISTORY_FORK", path, "There are two checkpoints of one size.")
        return None  # the checkpoint itself: V2 and V5 look at it
    return earlier


def v7_form(run: Run) -> None:
    """Every event is canonical JSON of the event schema, and of this log."""

    def each(number: int, line: bytes, text: str, event: Event | None) -> None:
        place = f"{run.now.place}line {number + 1}"
        if event is None or len(line) > MAX_BODY:
            run.fault(why_not(line), place, "It is no event that the log can hold.")
            return
        place = event.place
        if "\ufffd" in text and line != text.encode():
            run.fault("EVENT_PARSE", place, "It is not UTF-8.")
        if run.now.origin and event.log != run.now.origin:
            run.fault("EVENT_WRONG_LOG", place, f"It was written for the log {event.log}.")
        broken = _broken_rule(event)
        if broken:
            run.fault("EVENT_SCHEMA", place, broken)
        if not _is_plain(event.extra):
            try:
                parsed(event.extra.encode())
            except ValueError:
                run.fault(why_not(line), place, "Its `extra` is not canonical JSON.")

    run.on_line.append(each)


_MEMBER = r'"[a-z_]+":(?:"[^"\\\x00-\x1f]*"|null|true|false|-?[1-9][0-9]{0,14}|0)'
_PLAIN = re.compile(rf"\{{{_MEMBER}(?:,{_MEMBER})*\}}")
_NAMES = re.compile(r'"([a-z_]+)":')


@lru_cache(maxsize=1024)
def _is_plain(extra: str) -> bool:
    """Whether this is none, or a flat object in its canonical spelling: what most are, and soon told."""
    if extra == "null":
        return True
    if not _PLAIN.fullmatch(extra):
        return False
    names = _NAMES.findall(extra)
    return all(names[i] < names[i + 1] for i in range(len(names) - 1))


def _broken_rule(event: Event) -> str:
    if event.action not in ACTIONS:
        return "There is no such action."
    if (event.prev is None) != (event.seq == "1"):
        return "`prev` is null in the first event of a stream, and only there."
    if event.reason is None and event.action in REASON_REQUIRED:
        return "This action needs a reason."
    if event.inputs:
        cited = [(role, digest) for digest, role in _INPUT.findall(event.inputs)]
        if cited != sorted(set(cited)):
            return "Its inputs are not sorted by role and digest, each once."
    return "It holds a NUL character." if "\\u0000" in event.extra and _has_nul(event.extra) else ""


def _has_nul(raw: str) -> bool:
    return re.search(r"(?<!\\)(?:\\\\)*\\u0000", raw) is not None


def why_not(line: bytes) -> str:
    """The code for bytes that are no event."""
    try:
        parsed(line)
    except ValueError as error:
        return "EVENT_PARSE" if str(error) == "parse" else "EVENT_NOT_CANONICAL"
    return "EVENT_SCHEMA"


def v8_once(run: Run) -> None:
    """No event id occurs twice."""
    ids = Sorted()
    run.on_leaf.append(lambda event: ids.add(event.event_id.encode()))

    def end() -> None:
        last = b""
        for one in ids:
            if one == last:
                run.fault("EVENT_REPLAYED", f"event {one.decode()}", "This event id occurs more than once.")
            last = one

    run.at_end.append(end)


def v9_streams(run: Run) -> None:
    """In every stream the places follow each other, and each event cites the one before it."""

    def each(event: Event, last: Event | None) -> None:
        if int(event.seq) != (int(last.seq) if last else 0) + 1 or (last and last.kind != event.kind):
            run.fault("STREAM_GAP", event.place, f"The event before it is #{last.seq if last else 0}.")
        if event.prev != (last.leaf if last else None):
            run.fault("STREAM_CHAIN", event.place, "It does not cite the leaf hash of the event before it.")

    run.on_event.append(each)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")


def v10_times(run: Run) -> None:
    """In every stream time goes forward, or the event says by how much it went back; none is after its witness."""

    def each(event: Event, last: Event | None) -> None:
        back = 0
        try:
            if last and event.time < last.time:
                back = (_moment(last.time) - _moment(event.time)) // timedelta(microseconds=1)
        except ValueError:
            back = -1
        if event.regressed != str(back):
            run.fault(
                "TIME_BACKWARDS", event.place, "Its time and what it says of a clock stepping back disagree."
            )
        if latest and event.time > latest:
            run.fault(
                "TIME_OUTSIDE_ANCHORS", event.place, "It is later than the witness's signature over it."
            )

    latest = ""
    at = run.checkpoint.cosigned_at(run.witness) if run.checkpoint and run.witness else None
    if at is not None:
        try:
            latest = (datetime(1970, 1, 1) + timedelta(seconds=at) + CLOCK_SKEW).strftime(
                "%Y-%m-%dT%H:%M:%S.%fZ"
            )
        except OverflowError:
            run.fault("WITNESS_MISSING", "data/log/checkpoint", "The witness's time is impossible.")
    else:
        run.not_checked.append("V10: nothing outside the log bounds its times: no witness, no time stamp.")
    run.on_event.append(each)


def v11_contents(run: Run) -> None:
    """Every content that an event cites is there and has the digest of its name; none is there uncited."""
    cited = Sorted()
    lately: dict[str, bool] = {}
    withheld: set[str] = set()

    def cite(text: str, bare: bool = False) -> None:
        if text not in lately:
            cited.add((f'{{"digest":"{text}"' if bare else text).encode())
            if len(lately) > 50_000:
                lately.clear()
            lately[text] = True

    def each(event: Event) -> None:
        for raw in (event.before, event.after, event.diff):
            if raw:
                cite(raw)
        for digest in _plainly_cited(event):
            cite(digest, bare=True)
        if run.subset and event.action == "access.batch":
            withheld.add(digest_of(event.after) or "")

    if run.subset:
        run.not_checked.append("V11, V23: who saw what, which a subset leaves out: it tells of every case.")
    run.on_leaf.append(each)
    run.at_close.append(lambda: _check_contents(run, cited, withheld))


def _plainly_cited(event: Event) -> Iterator[str]:
    plain = [event.credentials, event.display, digest_of(event.guideline), digest_of(event.protocol)]
    yield from (digest for digest in plain if digest)
    if event.inputs:
        yield from (digest for digest, _ in _INPUT.findall(event.inputs))
    if event.signature:
        yield from re.findall(r'"(?:content|evidence)":"(sha256:[0-9a-f]{64})"', event.signature)


def _grouped(records: Iterable[bytes], begin: int, end: int) -> Iterator[tuple[bytes, list[bytes]]]:
    for key, some in groupby(records, key=lambda record: record[begin:end]):
        yield key, list(some)


def _side_by_side(
    left: Iterator[tuple[bytes, list[bytes]]], right: Iterator[tuple[bytes, list[bytes]]]
) -> Iterator[tuple[bytes, list[bytes], list[bytes]]]:
    """Two sorted runs of groups by key; an empty list where one of them lacks the other's."""
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None
            yield a[0], a[1], []
            a = next(left, None)
        elif a is None or b[0] < a[0]:
            yield b[0], [], b[1]
            b = next(right, None)
        else:
            yield a[0], a[1], b[1]
            a, b = next(left, None), next(right, None)


def _check_contents(run: Run, cited: Sorted, withheld: set[str]) -> None:
    """What is cited and what is listed, side by side: both are sorted by digest."""
    files = 0
    index = run.lines("data/content/index.ndjson")
    for key, wanted, listed in _side_by_side(_grouped(cited, 11, 82), _grouped(index, 11, 82)):
        digest = key.decode("latin-1")
        if not wanted or len(listed) > 1:
            run.fault("FILE_EXTRA", digest, "It is listed twice, or no event cites it.")
        elif not listed:
            run.fault("BLOB_MISSING", digest, "An event cites this content, and it is not listed.")
        elif digest in withheld:
            if content_path(digest) in run.bundle.sizes or any(
                raw[:-1] + b',"withheld":true}' != listed[0] for raw in wanted
            ):
                run.fault("FILE_EXTRA", digest, "A subset doesn't tell who saw what: it tells of every case.")
        else:
            erased = listed[0] == b'{"digest":"%s","erased":true}' % key
            files += not erased
            _check_blob(run, digest, listed[0], erased)
            if not erased and any(raw != listed[0] for raw in _as_listed(run, digest, wanted)):
                run.fault("BLOB_CHANGED", digest, "An event cites this content with another type or size.")
    there = sum(1 for path in run.bundle.sizes if path.startswith("data/content/sha256/"))
    if there != files:
        run.fault("FILE_EXTRA", "data/content", f"{there} contents are there, {files} are listed and cited.")


def _as_listed(run: Run, digest: str, wanted: list[bytes]) -> list[bytes]:
    """How its line reads by the events that cite it; what is cited by its digest alone is a JSON document."""
    stated = [raw for raw in wanted if raw.endswith(b"}")]
    size = run.bundle.sizes.get(content_path(digest), 0)
    return stated or [b'{"digest":"%s","media_type":"application/json","size":%d}' % (digest.encode(), size)]


def _check_blob(run: Run, digest: str, listed: bytes, erased: bool) -> None:
    path = content_path(digest)
    if erased:
        if digest not in run.erased or path in run.bundle.sizes:
            run.fault(
                "BLOB_MISSING", digest, "It is said to be erased, and no event says so, or it is there."
            )
    elif path not in run.bundle.sizes:
        run.fault("BLOB_MISSING", digest, "An event cites this content, and it is not there.")
    elif path in run.digests or not listed.endswith(b',"size":%d}' % run.bundle.sizes[path]):
        run.fault("BLOB_CHANGED", digest, "The bytes are not those of the digest.")


def v12_openings(run: Run) -> None:
    """Every opening opens a commitment that is shown; names and references are those that were committed to."""
    held, inside = Sorted(), Sorted()
    lately: dict[str, bool] = {}

    def each(event: Event) -> None:
        found = [c for c in (event.person, event.why) if c]
        if '":"sha256:' in event.extra:
            found += _OPENED_IN_EXTRA.findall(event.extra)
        if event.signature:
            found += re.findall(r'"manifest":"(sha256:[0-9a-f]{64})"', event.signature)
        for commitment in found:
            if commitment not in lately:
                held.add(commitment.encode())
                lately[commitment] = True
        if len(lately) > 50_000:
            lately.clear()
        if event.action == "case.created":
            inside.add((digest_of(event.after) or "").encode())
        for digest in event.cited("comments") if event.inputs else ():
            inside.add(digest.encode())

    run.on_leaf.append(each)
    run.at_close.append(lambda: _check_openings(run, held, inside))


def _check_openings(run: Run, held: Sorted, inside: Sorted) -> None:
    path = "data/openings.ndjson"
    for digest in inside:
        about = run.content(digest.decode())
        if isinstance(about, dict):
            texts = [one.get("text") for one in about.get("comments", ()) if isinstance(one, dict)]
            for commitment in (about.get("external_ref"), *texts):
                if isinstance(commitment, str):
                    held.add(commitment.encode())
    if (path in run.bundle.sizes) == (run.profile == "pseudonymous"):
        run.fault(
            "OPENING_BAD", path, "Openings are in every bundle that isn't pseudonymous, and in no other."
        )
    openings = _grouped(run.lines(path), 15, 86)
    claims = _grouped(run.claims, 0, 71)
    for key, committed, lines in _side_by_side(_grouped(held, 0, 71), openings):
        if not committed or len(lines) > 1:
            run.fault(
                "OPENING_BAD", key.decode("latin-1"), "It opens nothing that is shown, or is there twice."
            )
    openings = _grouped(run.lines(path), 15, 86)
    for key, claimed, lines in _side_by_side(claims, openings):
        value = _opened(run, key.decode("latin-1"), lines[0]) if lines else None
        told = value.get("name") if isinstance(value, dict) else value
        if any(claim[72:] != canonical(told) for claim in claimed):
            run.fault(
                "OPENING_BAD",
                key.decode("latin-1"),
                "A name or reference is shown that was not committed to.",
            )


def _opened(run: Run, commitment: str, line: bytes) -> Any:
    """The value of an opening; a fault if it isn't what was committed to."""
    try:
        opening = parsed(line)
        if list(opening) != ["commitment", "kind", "salt", "value"] or len(opening["salt"]) != 64:
            raise ValueError
        salt, kind = bytes.fromhex(opening["salt"]), opening["kind"]
        if kind not in ("person", "text", "signature", "ip"):
            raise ValueError
        found = hashlib.sha256(f"consilium/v1/commit/{kind}\n".encode() + salt + canonical(opening["value"]))
        if opening["salt"] != salt.hex() or f"sha256:{found.hexdigest()}" != opening["commitment"]:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        run.fault("OPENING_BAD", commitment, "The opening is not that of the commitment.")
        return None
    return opening["value"]


def v13_versions(run: Run) -> None:
    """Every guideline and protocol version that an event cites was published by then, with this digest."""
    published: dict[tuple[str, str, str], tuple[str | None, str]] = {}

    def note(event: Event) -> None:
        if event.action in ("guideline.published", "protocol.published"):
            key = (event.object_kind, event.object, event.version)
            before = published.setdefault(key, (digest_of(event.after), event.time))
            if before[0] != digest_of(event.after):
                run.fault("GUIDELINE_SWAPPED", event.place, "This version was published with another digest.")

    def each(event: Event, _: Event | None) -> None:
        for kind, raw in (("guideline", event.guideline), ("protocol", event.protocol)):
            if raw is not None:
                cited = version_of(raw)
                key = (kind, str(cited.get("id")), str(cited.get("version")))
                digest, since = published.get(key, (None, ""))
                if digest is None or event.time < since:
                    run.fault(
                        "GUIDELINE_UNPUBLISHED", event.place, f"Its {kind} version was not published by then."
                    )
                elif digest != cited.get("digest"):
                    run.fault("GUIDELINE_SWAPPED", event.place, f"Its {kind} version has another digest.")

    run.on_leaf.append(note)
    run.on_event.append(each)


def v14_revisions(run: Run) -> None:
    """A revision begins from the one before it, a correction and a recall from the read that they are about."""
    slots: dict[object, tuple[int, str | None]] = {}
    reads: dict[str, str | None] = {}

    def each(event: Event, last: Event | None) -> None:
        more = event.more() if event.action in READS or event.target else {}
        if last is None:
            reads.clear()
        if last is None or "reads_planned" in more:
            slots.clear()
        before, after = digest_of(event.before), digest_of(event.after)
        if event.action in READS:
            reads[event.object] = after
            number, newest = slots.get(more.get("slot"), (0, None))
            if more.get("slot") != 0 and (int(event.version), before) != (number + 1, newest):
                run.fault("REVISION_BROKEN", event.place, "It does not begin from the revision before it.")
            slots[more.get("slot")] = (int(event.version), after)
        elif event.action in ("review.corrected", "read.recalled") and before != reads.get(event.object, ""):
            run.fault("REVISION_BROKEN", event.place, "It is about another read than the one it names.")

    run.on_event.append(each)


def v18_heads(run: Run) -> None:
    """The export's event says where every stream ended, and how: nothing was left out, and it tells of this bundle."""
    path, whole = "data/log/heads.ndjson", hashlib.sha256()
    heads = run.lines(path)
    state: dict[str, Any] = {"next": None, "lines": 0, "among": None, "leaves": 0}

    def advance() -> None:
        state["next"] = next(heads, None)
        if state["next"] is not None:
            whole.update(state["next"] + b"\n")
            state["lines"] += 1

    def begin() -> None:
        _check_export(run)
        leaves = run.export.more().get("leaves") if run.export else 0
        state["leaves"] = run.epochs[-1].start + (leaves if isinstance(leaves, int) else 0)
        advance()

    def each(event: Event, last: Event | None) -> None:
        if last is None:
            state["among"] = None
        if event.at < state["leaves"]:
            state["among"] = event

    def end(last: Event) -> None:
        while state["next"] is not None and _stream_of(state["next"]) < last.stream:
            _not_shown(run, state["next"])
            advance()
        newest = state["among"]
        if newest is not None:
            epoch, at = run.epoch_of(newest)
            said = {"head": newest.leaf, "index": at, "kind": newest.kind}
            said.update({"epoch": epoch.number} if len(run.epochs) > 1 else {})
            if state["next"] != canonical({**said, "seq": int(newest.seq), "stream": newest.stream}):
                run.fault("HEADS_MISMATCH", newest.place, "The heads say that this stream ended elsewhere.")
        if state["next"] is not None and _stream_of(state["next"]) == last.stream:
            advance()

    def close() -> None:
        while state["next"] is not None:
            _not_shown(run, state["next"])
            advance()
        more = run.export.more() if run.export else {}
        said = (more.get("heads"), more.get("heads_size"), more.get("streams"))
        if said != (f"sha256:{whole.hexdigest()}", run.bundle.sizes.get(path), state["lines"]):
            run.fault("HEADS_MISMATCH", path, "The heads are not those that the export's event tells of.")

    run.at_end.append(begin)
    run.on_event.append(each)
    run.on_stream.append(end)
    run.at_close.append(close)


def _stream_of(line: bytes) -> str:
    return line[-38:-2].decode("latin-1")


def _not_shown(run: Run, line: bytes) -> None:
    """A stream that isn't shown: only a subset leaves cases out, and their heads are leaves all the same."""
    try:
        head = parsed(line)
        leaf = bytes.fromhex(head["head"][7:])
        epoch = run.epochs[head.get("epoch", len(run.epochs)) - 1]
        with run.bundle.open(f"{epoch.folder}leaves.bin") as file:
            file.seek(32 * head["index"])
            good = run.subset and head["kind"] == "case" and file.read(32) == leaf
    except (ValueError, LookupError, TypeError, OSError):
        good = False
    if not good:
        run.fault(
            "HEADS_MISMATCH", _stream_of(line), "This stream is not shown, or its head is not in the log."
        )


def _check_export(run: Run) -> None:
    """The event that made the bundle: it is in the log, and the bundle is what it tells of."""
    event, head = run.export, run.checkpoint
    epoch, at = run.epoch_of(event) if event else (None, 0)
    if event is None or event.action != "export.created" or head is None or epoch is not run.epochs[-1]:
        run.fault("HEADS_MISMATCH", "bag-info.txt", "The event that made this bundle is not in its log.")
        return
    more = event.more()
    graph = run.digest("data/workflow-graph.json")
    about = {
        "Bag-Software-Agent": event.software,
        "Bagging-Date": event.time[:10],
        "External-Identifier": event.object,
        "Consilium-Bundle": "1",
        "Consilium-Profile": more.get("profile"),
        "Consilium-Software-Digest": event.software_digest,
    }
    if any(run.info.get(name) != value for name, value in about.items()):
        run.fault("HEADS_MISMATCH", "bag-info.txt", "It says otherwise than the event that made this bundle.")
    if more.get("workflow_graph") != f"sha256:{graph}":
        run.fault(
            "HEADS_MISMATCH", "data/workflow-graph.json", "It is not the graph that the export's event names."
        )
    sizes = [
        int(path.rpartition("/")[2])
        for path in run.bundle.sizes
        if re.fullmatch(r"data/log/checkpoints/[0-9]+", path)
    ]
    if any(at < size < head.size for size in sizes):
        run.fault(
            "HEADS_MISMATCH", "data/log/checkpoint", "An earlier checkpoint covers the export's event, too."
        )


def v19_rotations(run: Run) -> None:
    """Each rotation of the log key names two keys of this log, and goes on where the one before ended."""

    def end() -> None:
        last: dict[int, Key] = {}  # by epoch
        for event in run.rotations:
            told, (epoch, _) = _rotation(run, event), run.epoch_of(event)
            if told is None:
                run.fault(
                    "KEY_CHAIN", event.place, "It names no two keys of this log, or a size beyond its place."
                )
                continue
            if last.get(epoch.number, told[0]) != told[0]:
                run.fault(
                    "KEY_CHAIN", event.place, "It begins with another key than the rotation before it led to."
                )
            last[epoch.number] = told[1]
        for epoch in run.epochs:
            if epoch.number in last and len(run.log_keys(epoch)) == 1 and "KEY_CHAIN" not in run.counts:
                said = "The given key is none of those that the log's rotations name."
                run.fault("KEY_CHAIN", "log key", said)

    run.at_end.append(end)


def _rotation(run: Run, event: Event) -> tuple[Key, Key] | None:
    """The old and the new key; None if the event doesn't name two of its log, and a size that was sealed by then."""
    more = event.more()
    try:
        old, new, size = parse_vkey(str(more["old"])), parse_vkey(str(more["new"])), int(more["from_size"])
    except (KeyError, ValueError, TypeError):
        return None
    fits = old.name == new.name == event.log and old.type == new.type == 1
    return (old, new) if fits and old != new and 0 <= size <= run.epoch_of(event)[1] else None


def v20_workflow(run: Run) -> None:
    """Every case follows the machine in the bundle, step by step, and its labels are those that are told of it."""
    rules = _graph(run)
    manifest, table = run.lines("data/labels/manifest.ndjson"), run.lines("data/labels/labels.ndjson")
    told = run.lines("data/labels/labels.csv")
    scope = _Scope(run)
    tales: list[Tale] = []

    def each(event: Event, last: Event | None) -> None:
        if event.kind == "case":
            if last is None:
                tales[:] = [Tale(run, rules)]
            try:
                tales[0].take(event)
            except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
                said = f"It doesn't fit what went before ({type(error).__name__})."
                run.fault("WORKFLOW_VIOLATION", event.place, said)

    def end(last: Event) -> None:
        if last.kind == "case":
            scope.take(last.stream)
            _compare_labels(run, tales[0], last, (manifest, table, told))

    def close() -> None:
        scope.close()
        if [*manifest, *table, *told]:
            run.fault(
                "TRUTH_MISMATCH", "data/labels", "They tell of cases or labels that the log doesn't know."
            )

    head = next(told, None)
    if head != ",".join(COLUMNS).encode():
        run.fault("TRUTH_MISMATCH", "data/labels/labels.csv", "Its columns have other names.")
    run.on_event.append(each)
    run.on_stream.append(end)
    run.at_close.append(close)


class _Scope:
    """The cases of a subset, held against those that are shown."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.left: list[str] | None = None

    def take(self, case: str) -> None:
        """One case is shown."""
        if not self.run.subset:
            return
        if self.left is None:
            self.left = self._cases()
        if case in self.left[:1]:
            del self.left[0]
        else:
            self.run.fault("HEADS_MISMATCH", f"case {case}", "It is shown, and the scope doesn't name it.")

    def close(self) -> None:
        """All are shown by now."""
        if self.run.subset and (self._cases() if self.left is None else self.left):
            self.run.fault("HEADS_MISMATCH", "data/log/events.ndjson", "A case of the scope is not shown.")

    def _cases(self) -> list[str]:
        digests = self.run.export.cited("scope") if self.run.export else []
        scope = self.run.content(digests[0]) if digests else None
        cases = scope.get("cases") if isinstance(scope, dict) else None
        return list(cases) if isinstance(cases, list) else ["?"]


Rules = dict[tuple[Any, str, str], str]  # source, target, action


def _graph(run: Run) -> Rules:
    """By source, target and action: the move's name. Without a graph there is no legal move."""
    try:
        graph = parsed(run.read("data/workflow-graph.json"))
        rules = {
            (move["source"], move["target"], action): move["name"]
            for move in graph["moves"]
            for action in move["actions"]
        }
        return {**rules, (None, graph["start"], "case.created"): "begin"}
    except (ValueError, KeyError, TypeError):
        run.fault("WORKFLOW_VIOLATION", "data/workflow-graph.json", "It is no workflow graph.")
        return {}


class Read:
    """One revision of a person's labels in a case."""

    def __init__(self, event: Event, more: dict[str, Any], round_: int) -> None:
        self.id, self.round, self.slot, self.kind = event.object, round_, more["slot"], more["kind"]
        self.revision, self.actor, self.event = int(event.version), event.actor, event.leaf
        self.digest = digest_of(event.after) or ""
        self.recalled = self.reopened = self.closed = False
        self.review: dict[str, Any] | None = None
        self.commitment: dict[str, str] | None = None  # made by its author before a model's marks were shown


class Tale:
    """One case as its events tell it: where it stands, and whether it could have come there."""

    def __init__(self, run: Run, rules: Rules) -> None:
        self.run, self.rules = run, rules
        self.about: dict[str, Any] = {}
        self.state: str | None = None
        self.excluded_from: str | None = None
        self.round = self.wanted = 0
        self.held = self.claimed = self.sent_back = False
        self.protocol: dict[str, Any] = {}
        self.reads: list[Read] = []
        self.parts: dict[str, tuple[str, int]] = {}
        self.claims: dict[tuple[str, str], int] = {}
        self.wishes: dict[str, str] = {}
        self.committed: dict[str, dict[str, str]] = {}  # in the round, by actor: digest and event
        self.last: dict[str, dict[str, Any]] = {}  # the round's newest comparison and arbitration
        self.newest = ""  # which of them
        self.labels: list[dict[str, Any]] = []

    def take(self, event: Event) -> None:
        """Go on by one event."""
        act = _TALES.get(event.action)
        more = event.more() if act or event.target else {}
        if event.target is not None:
            self._move(event, more)
        if act is not None:
            act(self, event, more)

    def must(self, holds: object, event: Event, message: str) -> None:
        """A rule of the machine."""
        if not holds:
            self.run.fault("WORKFLOW_VIOLATION", event.place, message)

    def standing(self) -> dict[int, Read]:
        """The newest read of each slot of the round."""
        return {read.slot: read for read in self.reads if read.round == self.round and read.slot > 0}

    def all_in(self) -> bool:
        """Whether every wanted read stands."""
        reads = self.standing()
        return self.wanted > 0 and all(
            n in reads and not reads[n].reopened for n in range(1, self.wanted + 1)
        )

    def verdicts(self) -> list[str | None]:
        """What was said of the standing reads; a second look is not reviewed again."""
        passed = "second_look"
        return [
            read.review["verdict"] if read.review else passed if read.kind == passed else None
            for read in self.standing().values()
        ]

    def _move(self, event: Event, more: dict[str, Any]) -> None:
        source, target = event.source, str(event.target)
        name = self.rules.get((source, target, event.action))
        self.must(source == self.state, event, f"It leaves {source}, but the case was in {self.state}.")
        self.must(name, event, f"There is no move from {source} to {target} by {event.action}.")
        self.must(not self.held or name == "exclude", event, "A held case keeps its place.")
        guard = getattr(_Guards, name or "", None)
        if guard is not None:
            guard(self, event, more)
        self.state = target
        self.excluded_from = source if target == "excluded" else None
        self.held = self.held and target != "excluded"
        if name in ("give_back", "send_back"):
            for read in self.standing().values():
                returned = read.review is not None and read.review["verdict"] == "return"
                read.reopened = read.reopened or returned or read.id in more.get("rework", ())
        if "reads_planned" in more:
            self._begin_round(event, more)
        self.wanted = more.get("reads_wanted", self.wanted)

    def _begin_round(self, event: Event, more: dict[str, Any]) -> None:
        self.must(more["round"] == self.round + 1, event, "Rounds follow each other.")
        self.round, self.wanted, self.sent_back = more["round"], more["reads_planned"], False
        self.parts, self.claims, self.last, self.newest = {}, {}, {}, ""
        self.committed = {}
        digest = digest_of(event.protocol) or ""
        self.protocol = self.run.content(digest) or {}
        planned = self.protocol.get("reads", {})
        if planned:
            said = (more["reads_planned"], more["reads_max"])
            self.must(said == (planned["count"], planned["max"]), event, "The protocol plans other reads.")
        else:
            self.run.is_gone(digest)

    def play(self, event: Event, kind: str, slot: int) -> None:
        """A person plays one part in a round."""
        part = self.parts.setdefault(event.actor, (kind, slot))
        self.must(part[0] == kind, event, f"This person is the case's {part[0]}, not its {kind}.")


class _Guards:
    """What must hold before a move, by its name."""

    @staticmethod
    def begin_review(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(tale.all_in(), event, "Not every planned read is in.")

    @staticmethod
    def give_back(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(
            not tale.all_in() or "return" in tale.verdicts(), event, "No read was returned or recalled."
        )

    @staticmethod
    def escalate(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        verdicts = tale.verdicts()
        tale.must(
            "escalate" in verdicts or "return" in verdicts, event, "Nobody escalated or returned a read."
        )

    @staticmethod
    def compare(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        good = {"accept", "correct", "waived", "second_look"}
        tale.must(tale.all_in() and good.issuperset(tale.verdicts()), event, "Not every read was accepted.")

    @staticmethod
    def ask_another(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(
            tale.last.get("consensus", {}).get("outcome") == "request_read", event, "No read was asked for."
        )
        most = tale.protocol.get("reads", {}).get("max", tale.wanted + 1)
        tale.must(
            more.get("reads_wanted") == tale.wanted + 1 <= most, event, "More reads than the protocol allows."
        )

    @staticmethod
    def dispute(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        report = tale.last.get("consensus", {})
        disputed = report.get("outcome") == "escalate" or report.get("drawn")
        tale.must(disputed, event, "The comparison neither disagreed nor was it drawn.")

    @staticmethod
    def agree(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        report = tale.last.get("consensus", {})
        agreed = report.get("outcome") == "accept" and not report.get("drawn") and tale.newest == "consensus"
        tale.must(agreed, event, "The comparison did not settle the case.")

    @staticmethod
    def sign(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(tale.newest == "arbitration", event, "No senior decided the case.")

    @staticmethod
    def send_back(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(not tale.sent_back, event, "A case is sent back once in a round.")
        tale.sent_back = True

    @staticmethod
    def exclude(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        asked = tale.wishes.get(str(more.get("exclusion")))
        tale.must(
            not tale.claimed or asked not in (None, event.actor), event, "Two people exclude a claimed case."
        )

    @staticmethod
    def reinstate(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(event.target == tale.excluded_from, event, "It was excluded from elsewhere.")

    @staticmethod
    def reopen_to_read(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(more.get("round") == tale.round + 1, event, "Reopening begins a new round.")

    accept = reopen_to_arbitrate = reopen_to_read


class _Tales:
    """How an action goes on with a case."""

    @staticmethod
    def created(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        digest = digest_of(event.after)
        about = tale.run.content(digest)
        tale.about = about if isinstance(about, dict) and not tale.run.is_gone(digest) else {}

    @staticmethod
    def held(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.held = event.action == "case.held"

    @staticmethod
    def wished(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.wishes[more["exclusion"]] = event.actor

    @staticmethod
    def claimed(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.claimed = True
        tale.claims[event.actor, more["kind"]] = more["slot"]

    @staticmethod
    def read(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        read = Read(event, more, tale.round)
        kind = {0: "arbitrate"}.get(read.slot, "reconcile" if read.kind == "second_look" else "annotate")
        mine = tale.claims.get((event.actor, kind)) == (read.slot or 1)
        tale.must(mine, event, "This person did not claim this read.")
        earlier = [r for r in tale.standing().values() if r.slot == read.slot and not r.closed]
        others = [r for r in tale.standing().values() if r.slot != read.slot and r.actor == read.actor]
        if read.slot:
            tale.must(read.slot <= tale.wanted, event, "More reads than were asked for.")
            tale.must(
                not others and all(r.actor == read.actor for r in earlier), event, "A slot has one reader."
            )
        tale.play(event, "reader" if read.slot else "arbiter", read.slot)
        made = tale.committed.get(event.actor)
        if event.cited("commitment"):
            known = made and event.cited("commitment") == [made["digest"]]
            tale.must(known, event, "It cites a commitment that its reader did not make in this round.")
            read.commitment = made
        tale.reads.append(read)

    @staticmethod
    def commit(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        mine = tale.claims.get((event.actor, "annotate")) == more["slot"]
        tale.must(mine, event, "This person did not claim this read.")
        tale.must(event.actor not in tale.committed, event, "A reader commits once in a round.")
        tale.play(event, "reader", more["slot"])
        tale.committed[event.actor] = {"digest": digest_of(event.after) or "", "event": event.leaf}

    @staticmethod
    def recalled(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        read = next(read for read in tale.reads if read.id == event.object)
        tale.must(
            read.actor == event.actor and not read.recalled, event, "A reader recalls their own read, once."
        )
        read.recalled = read.reopened = True

    @staticmethod
    def closed(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        read = tale.standing()[more["slot"]]
        tale.must(read.id == event.object, event, "A read that does not stand is closed.")
        read.closed = read.reopened = True

    @staticmethod
    def review(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        read = tale.standing()[more["slot"]]
        digest, waived = digest_of(event.after), event.action == "review.waived"
        tale.must(
            read.id == event.object and read.review is None, event, "It is about a read that does not stand."
        )
        tale.must(event.cited("read") == [read.digest], event, "It is about other labels than the read's.")
        tale.must(not waived or _is_repeatable(more["draw"]), event, "The draw is not the one of its seed.")
        said = {"actor": None if waived else event.actor, "digest": digest, "event": event.leaf}
        read.review = {**said, "verdict": VERDICTS[event.action], "action": event.action.partition(".")[2]}
        if not waived:
            tale.must((event.actor, "review") in tale.claims, event, "This person did not claim this review.")
            tale.play(event, "reviewer", read.slot)

    @staticmethod
    def compared(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(tale.state == "consensus", event, "Reads are compared in consensus.")
        standing = [(r.slot, r.revision, r.digest) for _, r in sorted(tale.standing().items())]
        used = sorted((one["slot"], one["revision"], one["digest"]) for one in more["reads"])
        tale.must(used == standing, event, "Other reads were compared than those that stand.")
        inputs = sorted({(r.review or {}).get("digest") or r.digest for r in tale.standing().values()})
        tale.must(event.cited("read") == inputs, event, "Other labels were compared than those that stand.")
        digest, draw = digest_of(event.after), more["draw"]
        tale.must(not draw or _is_repeatable(draw), event, "The draw is not the one of its seed.")
        report = tale.run.content(digest)
        drawn = bool(draw) and draw["value_ppm"] < draw["share_ppm"]
        tale.last["consensus"] = {**_decision(event), "outcome": more["outcome"], "drawn": drawn}
        tale.newest = "consensus"
        if isinstance(report, dict):
            same = report["outcome"] == more["outcome"] and not report.get("voided")
            tale.must(same or more["outcome"] == "escalate", event, "The report says another outcome.")
            tale.last["consensus"]["content"] = report
        else:
            tale.run.is_gone(digest)

    @staticmethod
    def arbitrated(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        tale.must(
            (event.actor, "arbitrate") in tale.claims, event, "This person did not claim the arbitration."
        )
        tale.play(event, "arbiter", 1)
        if event.action == "arbitration.decided":
            tale.must(tale.state == "arbitration", event, "A case is decided in arbitration.")
            content = tale.run.content(digest_of(event.after))
            same = not isinstance(content, dict) or content.get("outcome") == more["outcome"]
            tale.must(same, event, "The decision says another outcome.")
            seen = set(event.cited("read"))
            tale.must(seen <= {read.digest for read in tale.reads}, event, "It cites reads of another case.")
            stand = {read.digest for read in tale.standing().values()}
            tale.must(
                not stand or seen == stand, event, "It was decided on other reads than those that stand."
            )
            tale.last["arbitration"] = {
                **_decision(event),
                "outcome": more["outcome"],
                "content": content or {},
            }
            tale.newest = "arbitration"

    @staticmethod
    def released(tale: Tale, event: Event, more: dict[str, Any]) -> None:
        digest, how = digest_of(event.after), more["settled_by"]
        decision = tale.last.get(how, {})
        content = tale.run.content(digest)
        tale.must(event.cited("decision") == [decision.get("digest")], event, "It cites another decision.")
        tale.must(int(event.version) == len(tale.labels) + 1, event, "Versions of a label follow each other.")
        open_end = how == "arbitration" and decision.get("outcome") == "equivocal"
        tale.must((more["status"] == "equivocal") == open_end, event, "It was decided otherwise.")
        said = {
            "version": int(event.version),
            "round": tale.round,
            "status": more["status"],
            "settled_by": how,
        }
        versions = {
            "guideline": version_of(event.guideline or "{}"),
            "protocol": version_of(event.protocol or "{}"),
        }
        tale.labels.append(
            {**said, "digest": digest, "event": event.leaf, **versions, "last": dict(tale.last)}
        )
        if isinstance(content, dict):
            _check_label(tale, event, said, decision, content)
        else:
            tale.run.is_gone(digest)


def _is_repeatable(draw: dict[str, Any]) -> bool:
    """Whether the value drawn is the one that follows from the seed."""
    value = int(hashlib.sha256(str(draw["seed"]).encode()).hexdigest()[:15], 16) * 1_000_000 >> 60
    return bool(draw["value_ppm"] == value)


def _decision(event: Event) -> dict[str, Any]:
    return {"actor": event.actor, "event": event.leaf, "digest": digest_of(event.after)}


def _check_label(
    tale: Tale, event: Event, said: dict[str, Any], decision: dict[str, Any], content: dict[str, Any]
) -> None:
    """The label's content is what its event, its decision and its reads say."""
    reads = [
        {"slot": r.slot, "revision": r.revision, "kind": r.kind, "digest": r.digest}
        for r in sorted(tale.reads, key=lambda r: (r.slot, r.revision))
        if r.round == tale.round and r.slot > 0
    ]
    told = (content.get("status"), content.get("settled_by"), content.get("decision"), content.get("reads"))
    good = told == (said["status"], said["settled_by"], decision.get("digest"), reads)
    why = decision.get("content") or {}
    answer = why.get("reference") if said["settled_by"] == "consensus" else why.get("labels")
    if why and said["status"] == "determined":
        good = good and content.get("labels") == answer
    if not good:
        tale.run.fault("TRUTH_MISMATCH", event.place, "The label is not what was decided.")


_TALES: dict[str, Callable[[Tale, Event, dict[str, Any]], None]] = {
    "case.created": _Tales.created,
    "case.held": _Tales.held,
    "case.resumed": _Tales.held,
    "case.exclusion_requested": _Tales.wished,
    "task.claimed": _Tales.claimed,
    "read.committed": _Tales.commit,
    "read.recalled": _Tales.recalled,
    "read.closed_incomplete": _Tales.closed,
    "consensus.computed": _Tales.compared,
    "arbitration.decided": _Tales.arbitrated,
    "arbitration.sent_back": _Tales.arbitrated,
    "label.released": _Tales.released,
    **dict.fromkeys(READS, _Tales.read),
    **dict.fromkeys(VERDICTS, _Tales.review),
}


_COLUMNS = """
case external_ref split state round label_version label_status label_digest label_event path finding finding_type
field value settled_by decided_how decided_by decided_in decision guideline_version guideline_digest
protocol_version protocol_digest reads
"""
COLUMNS = _COLUMNS.split()


def _compare_labels(run: Run, tale: Tale, last: Event, files: tuple[Iterator[bytes], ...]) -> None:
    """What the bundle tells of a case and its newest label, held against what its events tell."""
    manifest, table, told = files
    line = next(manifest, b"")
    try:
        ref = parsed(line)["external_ref"]
    except (ValueError, KeyError, TypeError):
        ref = None
    commitment = tale.about.get("external_ref")
    if commitment and run.profile != "pseudonymous":
        run.claims.add(f"{commitment}\t".encode() + canonical(ref))
    elif ref is not None:
        run.fault(
            "TRUTH_MISMATCH", f"case {last.stream}", "An external reference is told that nothing opens."
        )
    about = {"case": last.stream, "external_ref": ref, "split": tale.about.get("split"), "state": tale.state}
    said = ("version", "round", "status", "settled_by", "digest", "event")
    labels = [{name: label[name] for name in said} for label in tale.labels]
    told_so = {**about, "round": tale.round, "seq": int(last.seq), "head": last.leaf, "labels": labels}
    if line != canonical(told_so):
        run.fault("TRUTH_MISMATCH", f"case {last.stream}", "The manifest tells otherwise of it than the log.")
    label = run.content(tale.labels[-1]["digest"]) if tale.labels else None
    if not isinstance(label, dict):  # there is none, or its content was erased: it has no rows
        return
    if tale.about.get("purpose", "study") != "study":  # a pilot's labels are no labels of the study
        return
    for path, line, cells in _Table(run, tale, about).rows():
        if next(table, b"") != line or next(told, b"") != cells:
            run.fault("TRUTH_MISMATCH", f"case {last.stream}", f"The label tables tell otherwise of {path}.")


class _Table:
    """The rows of a case's newest label, spelled as JSON and as CSV: what all rows share is spelled once."""

    def __init__(self, run: Run, tale: Tale, about: dict[str, Any]) -> None:
        label = self.label = tale.labels[-1]
        self.answer = (run.content(label["digest"]) or {}).get("labels") or {}
        decision = label["last"].get(label["settled_by"], {})
        self.decision = decision.get("content") or {}
        self.report = (label["last"].get("consensus") or {}).get("content") or {}
        reads = [r for r in tale.reads if r.round == label["round"]]
        self.reads = sorted(reads, key=lambda read: (read.slot, read.revision))
        self.answers = {one.digest: run.content(one.digest) or {} for one in self.reads}
        for one in self.reads:
            corrected = (one.review or {}).get("digest")
            if corrected:
                self.answers[corrected] = run.content(corrected) or {}
        self.compared = (
            {part["path"]: part for part in self._parts()} if label["settled_by"] == "consensus" else {}
        )
        common = {
            **about,
            **{"round": label["round"], "label_version": label["version"], "label_status": label["status"]},
            **{
                "label_digest": label["digest"],
                "label_event": label["event"],
                "settled_by": label["settled_by"],
            },
            **{"decided_by": decision.get("actor"), "decided_in": decision.get("event")},
            **{"decision": decision.get("digest")},
            **{
                f"{kind}_{name}": label[kind][name]
                for kind in ("guideline", "protocol")
                for name in ("version", "digest")
            },
        }
        self._json = _form(common, _OWN)
        self._csv = [_cell(common[name]) if name in common else "" for name in COLUMNS]
        texts = {digest: _texts(content) for digest, content in self.answers.items()}
        self._told = [
            (
                read.id,
                *_read_form(read),
                texts[read.digest],
                texts.get((read.review or {}).get("digest") or "", {}),
            )
            for read in self.reads
        ]

    def rows(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Path, JSON and CSV of each row."""
        for path, (finding, of_type, field) in sorted(self._places()):
            value = _at(self.answer, path)
            how, text = self._how(path, value), spelled(value)
            reads = f"[{','.join(self._reads(path, finding))}]"
            own = (how, field, finding, of_type, path)
            line = self._json % (*map(spelled, own), reads, text)
            for place, cell in zip(_CELLS, (*map(_cell, own), _quoted(reads))):  # noqa: B905 - Python 3.9 has no strict
                self._csv[place] = cell
            self._csv[_VALUE] = "" if value is None else _quoted(text)
            yield path, line.encode(), ",".join(self._csv).encode()

    def _places(self) -> Iterator[tuple[str, tuple[str | None, str | None, str]]]:
        keys = set(self.answer.get("fields", {}))
        for read in self.reads:
            if not read.recalled:
                keys |= set(self.answers[read.digest].get("fields", {}))
        yield from ((f"fields/{key}", (None, None, key)) for key in keys)
        for one in self.answer.get("findings", ()):
            yield f"findings/{one['id']}/mark", (one["id"], one["type"], "mark")
            for key in one.get("fields", {}):
                yield f"findings/{one['id']}/fields/{key}", (one["id"], one["type"], key)

    def _parts(self) -> Iterator[dict[str, Any]]:
        """What the report says of each field, those of findings too."""
        yield from self.report.get("fields", ())
        for finding in self.report.get("findings", ()):
            yield from [finding["mark"]] * (finding["mark"] is not None) + finding["fields"]

    def _how(self, path: str, value: Any) -> str:
        if value is None:
            return "not settled"
        if self.label["settled_by"] == "consensus":
            return str(self.compared.get(path, {}).get("reason", ""))
        if path.startswith("fields/") and path[7:] in (self.decision.get("picks") or {}):
            return "picked"
        report = self.report
        settled = not report.get("voided") and _at(report.get("reference") or {}, path) == value
        return "undisputed" if settled else "written"

    def _reads(self, path: str, finding: str | None) -> Iterator[str]:
        """What each read says there; of a finding, the first of its marks that is this one."""
        if finding is None:
            for _, form, review, texts, corrected in self._told:
                said = "null" if review is None else review % corrected.get(path, "null")
                yield form % ("null", said, texts.get(path, "null"))
            return
        joined, rest = self._joined(finding), path.split("/", 2)[2]
        for read, form, review, texts, corrected in self._told:
            marks = joined.get(read)
            there = f"findings/{marks[0]}/{rest}" if marks else ""
            said = "null" if review is None else review % corrected.get(there, "null")
            yield form % (spelled(marks), said, texts.get(there, "null"))

    def _joined(self, finding: str | None) -> dict[str, list[str]]:
        """Which of the reads' findings are this one of the label, by read."""
        for one in self.report.get("findings", ()) if finding is not None else ():
            if one["id"] == finding:
                return {mark["read"]: mark["findings"] for mark in one["marks"]}
        return {}


def _texts(content: dict[str, Any]) -> dict[str, str]:
    """What a read says, spelled, by path; of findings with one name the first counts."""
    found = {f"fields/{key}": spelled(value) for key, value in content.get("fields", {}).items()}
    for one in reversed(content.get("findings", ())):
        found[f"findings/{one['id']}/mark"] = spelled(one.get("mark"))
        for key, value in one.get("fields", {}).items():
            found[f"findings/{one['id']}/fields/{key}"] = spelled(value)
    return found


def _form(members: dict[str, Any], gaps: Sequence[str]) -> str:
    """An object in its canonical spelling, with %s for the members that are filled in, in the order of their names."""
    texts = {name: spelled(value).replace("%", "%%") for name, value in members.items()}
    texts.update(dict.fromkeys(gaps, "%s"))
    return "{" + ",".join([f'"{name}":{texts[name]}' for name in sorted(texts)]) + "}"


_OWN = ("decided_how", "field", "finding", "finding_type", "path", "reads", "value")
_CELLS = [COLUMNS.index(name) for name in _OWN[:-1]]
_VALUE = COLUMNS.index("value")


def _read_form(read: Read) -> tuple[str, str | None]:
    """A read in the tables, and its review if it has one, without what differs from row to row."""
    about = {
        **{"slot": read.slot, "revision": read.revision, "kind": read.kind, "actor": read.actor},
        **{"digest": read.digest, "event": read.event, "recalled": read.recalled},
    }
    if read.commitment:
        about["commitment"] = read.commitment
    review = read.review and {
        **{"actor": read.review["actor"], "digest": read.review["digest"], "event": read.review["event"]},
        "verdict": read.review["action"],
    }
    return _form(about, ("marks", "review", "value")), _form(review, ("value",)) if review else None


@lru_cache(maxsize=1024)
def _cell(value: Any) -> str:
    """A text or a number in a line of CSV; what a spreadsheet would take for a formula is marked as text."""
    text = "" if value is None else str(value)
    return _quoted(
        f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    )


def _quoted(text: str) -> str:
    """A cell as RFC 4180 has it."""
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


def _at(content: dict[str, Any], path: str) -> Any:
    first, key, *rest = path.split("/")
    if first == "fields":
        return content.get("fields", {}).get(key)
    for one in content.get("findings", ()):
        if one["id"] == key:
            return one.get("mark") if rest == ["mark"] else one.get("fields", {}).get(rest[1])
    return None


def v21_blinding(run: Run) -> None:
    """Nobody from whom others' labels were hidden was shown one of the same round before they gave their own."""
    made: list[tuple[str, str]] = []  # in the round: by whom, and the digest
    claimed: set[tuple[str, str]] = set()  # in the case: by whom, and the task
    said: set[str] = set()  # in the case: what models say of it
    committed: dict[str, str] = {}  # in the round: by whom, and the digest
    files = _Files(run)

    def manifest(event: Event) -> None:
        if event.action == "case.study_attached":
            files.manifests.add((digest_of(event.after) or "").encode())

    def each(event: Event, last: Event | None) -> None:
        if last is None:
            claimed.clear()
        files.each(event, last is None)
        if last is None:
            said.clear()
        if event.action == "prelabel.attached":
            said.add(digest_of(event.after) or "")
        if event.action == "task.claimed":
            claimed.add((event.actor, event.object))
        _check_policy(run, event)
        if last is None or (event.target and '"reads_planned":' in event.extra):
            made.clear()
            committed.clear()
        if event.display and event.action in BY_TASK:
            _check_display(run, event, made, claimed, files)
            _check_model(run, event, said, files, committed.get(event.actor))
        after = digest_of(event.after)
        if after and (event.action in (*READS, COMMITTED, "review.corrected")):
            made.append((event.actor, after))
        if after and event.action == COMMITTED:
            committed[event.actor] = after

    run.on_leaf.append(manifest)
    run.on_event.append(each)


COMMITTED = "read.committed"
BY_TASK = frozenset((*READS, COMMITTED, *VERDICTS, "arbitration.decided", "arbitration.sent_back"))


def _check_policy(run: Run, event: Event) -> None:
    """Where the protocol hides others' labels, the event doesn't say that they were to be seen."""
    reads = event.action in ("read.submitted", "read.revised", COMMITTED) and '"slot":0' not in event.extra
    if (
        event.peer_labels == "true"
        or not (reads or event.action in VERDICTS)
        or event.action == "review.waived"
    ):
        return
    protocol = run.content(digest_of(event.protocol))
    hidden = protocol.get("blinding", {}) if isinstance(protocol, dict) else {}
    if "other_reads" in hidden.get("annotate" if reads else "review", ["other_reads"]):
        run.fault(
            "BLINDING_BREACH", event.place, "The protocol hides others' labels here, the event doesn't."
        )


_RANGES = rb"\[\[[0-9]{1,9},[0-9]{1,9}\](?:,\[[0-9]{1,9},[0-9]{1,9}\])*\]"
_SERVED = rb'\{"digest":"sha256:[0-9a-f]{64}","frames":%s\}' % _RANGES
_DISPLAY = re.compile(
    rb'\{"from":"[0-9TZ.:-]+",(?:"images":(\[%s(?:,%s)*\]),)?'
    % (_SERVED, _SERVED)
    + rb'"items":\[(\{"digest":"sha256:[0-9a-f]{64}","kind":"[a-z_]+"\}'
    rb'(?:,\{"digest":"sha256:[0-9a-f]{64}","kind":"[a-z_]+"\})*)\],"kind":"[a-z_]+",'
    rb'"schema":"consilium/display/v([12])","task":"([0-9a-f-]+)","until":"[0-9TZ.:-]+"\}'
)
_DISPLAYED = re.compile(r'"digest":"([^"]+)","kind":"([^"]+)"')


class Display(NamedTuple):
    """What was shown for a task: kinds and digests, and of images the stored files with ranges of frames."""

    items: set[tuple[str, str]]
    task: str
    images: list[dict[str, Any]]


def _displayed(run: Run, digest: str) -> Display:
    """What a display's manifest names; KeyError, TypeError or ValueError if it is none."""
    data = run.read(content_path(digest))
    usual = _DISPLAY.fullmatch(data)  # what has this form is canonical
    if usual:
        items = {(kind, item) for item, kind in _DISPLAYED.findall(usual.group(2).decode())}
        told = {"images": json.loads(usual.group(1) or b"[]"), "task": usual.group(4).decode()}
        version = usual.group(3)
    else:
        told = run.content(digest)
        items = {(item["kind"], item["digest"]) for item in told["items"]}
        version = b"2" if told["schema"].endswith("/v2") else b"1"
    if (version == b"2") != bool(told.get("images")):
        raise ValueError
    return Display(items, str(told["task"]), told.get("images") or [])


class _Files:
    """Which stored files belong to a case, by the manifests of its studies: digest, and how many frames."""

    def __init__(self, run: Run) -> None:
        self.run, self.manifests = run, Sorted()
        self.created: str | None = None
        self.attached: list[str] = []
        self._own: dict[str, int] | None = None
        self._every: dict[str, int] | None = None

    def each(self, event: Event, begins: bool) -> None:
        """An event of the stream that is read."""
        if begins:
            self.created, self.attached, self._own = None, [], None
        if event.action == "case.created":
            self.created = digest_of(event.after)
        elif event.action == "case.study_attached":
            self.attached.append(digest_of(event.after) or "")
            self._own = None

    def fits(self, images: Sequence[dict[str, Any]]) -> bool:
        """Whether these images are the case's, named in order, each frame once and within its file."""
        if self._own is None:
            self._own = self._told(self.attached)
        known = self._own
        about = self.run.content(self.created)
        if not self.attached and isinstance(about, dict) and about.get("probe"):
            if self.run.subset:
                return True  # a showing's images are those of its source, which may not be shown here
            if self._every is None:
                self._every = self._told(record.decode() for record in self.manifests)
            known = self._every
        digests = [image["digest"] for image in images]
        return digests == sorted(set(digests)) and all(
            _within(image["frames"], known.get(image["digest"], 0)) for image in images
        )

    def _told(self, manifests: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for digest in manifests:
            told = self.run.content(digest) or {}
            for series in told.get("series", ()):
                found.update((one["digest"], one["frames"]) for one in series["instances"])
        return found


def _within(ranges: Sequence[Sequence[int]], frames: int) -> bool:
    """Whether ranges of frames, counted from 1, rise with a gap between them and end within so many."""
    last = -1
    for first, end in ranges:
        if not max(1, last + 2) <= first <= end <= frames:
            return False
        last = end
    return bool(ranges)


def _check_display(
    run: Run, event: Event, made: list[tuple[str, str]], claimed: set[tuple[str, str]], files: _Files
) -> None:
    blinded = event.peer_labels == "true" and event.action != "read.second_look"
    try:
        items, task, images = _displayed(run, event.display or "")
        if images and not files.fits(images):
            run.fault("DISPLAY_MISMATCH", event.place, "Images were served that aren't those of its case.")
    except (KeyError, TypeError, ValueError, AttributeError):
        if not run.is_gone(event.display) and blinded:
            run.fault(
                "BLINDING_BREACH", event.place, "What was shown can't be told: its manifest is not there."
            )
        return
    if (event.actor, task) not in claimed:
        run.fault(
            "BLINDING_BREACH", event.place, "What was shown is of a task that this person did not claim."
        )
    own = {digest for actor, digest in made if actor == event.actor} | set(event.cited("read"))
    peers = {digest for actor, digest in made if actor != event.actor} - own
    named = {"guideline", "case", "own_read", "display", "model_output", "commitment"}
    named |= {"read"} if event.action in VERDICTS else set()
    if blinded and (
        peers & {digest for _, digest in items} or not named.issuperset(kind for kind, _ in items)
    ):
        run.fault(
            "BLINDING_BREACH", event.place, "Another person's labels were shown to one who may not see them."
        )
    if not own.issuperset(digest for kind, digest in items if kind == "commitment"):
        run.fault("BLINDING_BREACH", event.place, "A commitment was shown that this person did not make.")


def _check_model(run: Run, event: Event, said: set[str], files: _Files, committed: str | None) -> None:
    """A model's marks were shown to readers alone, by the protocol, of their own case; the event tells of all.

    `committed`: what this person had committed to in the round, by its digest.
    """
    try:
        items = _displayed(run, event.display or "").items
    except (KeyError, TypeError, ValueError, AttributeError):
        return  # told where displays are checked
    shown = sorted(digest for kind, digest in items if kind == "model_output")
    if shown != event.cited("prelabel") or len(event.cited("assistance")) != len(shown):
        run.fault("BLINDING_BREACH", event.place, "The event tells of other marks of models than were shown.")
    reads = event.action in ("read.submitted", "read.revised") and '"slot":0' not in event.extra
    if reads and committed and not shown:
        run.fault("BLINDING_BREACH", event.place, "Nothing tells of the marks that a commitment opened.")
    if not shown and event.action != COMMITTED:
        return
    about, protocol = run.content(files.created), run.content(digest_of(event.protocol))
    rule = protocol.get("model", {}).get("show") if isinstance(protocol, dict) else None
    in_test = isinstance(about, dict) and about.get("split") == "test"
    if event.action == COMMITTED:
        _check_commitment(run, event, shown, rule, in_test)
        return
    if not reads or event.model_output != "false":
        run.fault("BLINDING_BREACH", event.place, "A model's marks were shown where they are hidden.")
    elif isinstance(protocol, dict) and rule not in ("as_start", "after_commitment"):
        run.fault("BLINDING_BREACH", event.place, "A model's marks were shown, but not by the protocol.")
    if rule == "after_commitment" and (not committed or event.cited("commitment") != [committed]):
        run.fault(
            "BLINDING_BREACH", event.place, "A model's marks were shown before the reader's commitment."
        )
    if rule == "after_commitment":
        _check_since(run, event)
    if not isinstance(about, dict):
        return
    if in_test:
        run.fault("BLINDING_BREACH", event.place, "In the test split a reader was shown a model's marks.")
    # What models say of a showing's source may be in another stream, and in a subset in none.
    if not about.get("probe") and not said.issuperset(shown):
        run.fault("BLINDING_BREACH", event.place, "Marks were shown that no model made of this case.")


def _check_commitment(run: Run, event: Event, shown: list[str], rule: str | None, in_test: bool) -> None:
    """A commitment is made before any marks are shown, and only where the protocol asks for it."""
    if shown or event.model_output != "true":
        run.fault("BLINDING_BREACH", event.place, "A reader committed with a model's marks on the page.")
    if in_test or rule not in (None, "after_commitment"):
        run.fault("BLINDING_BREACH", event.place, "The protocol shows no marks after a commitment here.")


def _check_since(run: Run, event: Event) -> None:
    """What became of the marks tells of the same commitment, and of no change only where there is none."""
    for digest in event.cited("assistance"):
        told = run.content(digest)
        since = told.get("since_commitment") if isinstance(told, dict) else None
        if not isinstance(told, dict):
            continue
        if not isinstance(since, dict) or [since.get("commitment")] != event.cited("commitment"):
            run.fault("BLINDING_BREACH", event.place, "It tells of another commitment than the read cites.")
        elif (since.get("shift") == "unchanged") != (since["commitment"] == digest_of(event.after)):
            run.fault(
                "REPORT_MISMATCH", event.place, "It tells otherwise of what changed since the commitment."
            )


STATUS = {"reader.paused": "paused", "reader.resumed": "active", "account.disabled": "left"}


def v22_registers(run: Run) -> None:
    """The registers of versions and people tell what the project's events tell."""
    versions: dict[tuple[str, int], dict[str, Any]] = {}
    people: dict[str, dict[str, Any]] = {}
    acted: dict[tuple[str, str], str] = {}  # actor and person: where first

    def seen(event: Event) -> None:
        if event.person and (event.actor, event.person) not in acted:
            acted[event.actor, event.person] = event.place

    def each(event: Event, _: Event | None) -> None:
        if event.kind == "project":
            try:
                _register(event, versions, people)
            except (KeyError, TypeError, ValueError, IndexError):
                run.fault("REPORT_MISMATCH", event.place, "It doesn't fit what went before.")

    def end(last: Event) -> None:
        if last.kind == "project":
            _check_register(run, "guidelines", [versions[key] for key in sorted(versions)])
            _check_register(run, "readers", [people[key] for key in sorted(people)])
            for (actor, person), place in acted.items():
                if people.get(actor, {}).get("person") != person:
                    run.fault(
                        "REPORT_MISMATCH", place, "Its actor is registered as another person, or not at all."
                    )

    run.on_leaf.append(seen)
    run.on_event.append(each)
    run.on_stream.append(end)


def _check_register(run: Run, name: str, entries: list[dict[str, Any]]) -> None:
    lines = run.lines(f"data/registers/{name}.ndjson")
    for entry in entries:
        line = next(lines, b"")
        if name == "readers":
            try:
                entry["name"] = parsed(line)["name"]
            except (ValueError, KeyError, TypeError):
                entry["name"] = None
            if run.profile != "pseudonymous":
                run.claims.add(f"{entry['person']}\t".encode() + canonical(entry["name"]))
            elif entry["name"] is not None:
                run.fault(
                    "OPENING_BAD", f"data/registers/{name}.ndjson", "A name is told in a pseudonymous bundle."
                )
        if line != canonical(entry):
            run.fault("REPORT_MISMATCH", f"data/registers/{name}.ndjson", "It tells otherwise than the log.")
    if list(lines):
        run.fault("REPORT_MISMATCH", f"data/registers/{name}.ndjson", "It tells of more than the log.")


def _register(event: Event, versions: dict[Any, dict[str, Any]], people: dict[str, dict[str, Any]]) -> None:
    subject, _, what = event.action.partition(".")
    more, at, after = event.more(), event.time, digest_of(event.after)
    if subject in ("guideline", "protocol") and what == "published":
        versions[subject, int(event.version)] = {
            **{"kind": subject, "id": event.object, "version": int(event.version), "digest": after},
            **{"changes_meaning": more["changes_meaning"], "change_note": event.why},
            **{"published_at": at, "published_by": event.actor, "published_in": event.leaf},
            **{"retired_at": None, "retired_in": None},
        }
    elif subject in ("guideline", "protocol") and what == "retired":
        versions[subject, int(event.version)].update(retired_at=at, retired_in=event.leaf)
    elif event.action == "guideline.acknowledged":
        digest = _INPUT.findall(event.inputs)[0][0]
        done = {"at": at, "guideline": digest, "version": int(event.version)}
        people[event.actor]["acknowledged"].append(done)
    elif event.action == "account.registered":
        people[more["actor"]] = {
            **{"actor": more["actor"], "person": more["person"], "site": more["site"] or None},
            **{"registered_at": at, "registered_in": event.leaf, "roles": []},
            **{"credentials": [{"digest": after, "since": at}], "status": [{"status": "active", "at": at}]},
            **{"training": [], "acknowledged": []},
        }
    elif event.action == "account.role_granted":
        people[more["actor"]]["roles"] += [{"role": role, "from": at, "to": None} for role in more["roles"]]
    elif event.action == "account.role_revoked":
        for held in people[more["actor"]]["roles"]:
            if held["role"] in more["roles"] and held["to"] is None:
                held["to"] = at
    elif event.action == "account.credentials_changed":
        people[more["actor"]]["credentials"].append({"digest": after, "since": at})
    elif event.action == "training.completed":
        about = {"material": _INPUT.findall(event.inputs)[0][0], "at": at}
        people[more["actor"]]["training"].append({**about, "passed": more["passed"], "score": more["score"]})
    elif event.action in STATUS:
        people[more["actor"]]["status"].append({"status": STATUS[event.action], "at": at})


_UUID_OR_NULL = _or_null(f'"{_UUID}"')
_UID = '"[0-9.]{0,64}"'
_ROW = re.compile(
    _object(
        actor=_ACTOR,
        at=f'"(?P<at>{_TIME})"',
        case=_UUID_OR_NULL,
        code='"[0-9]{6}"',
        frames=r"\[(?:-?[1-9][0-9]{0,9}(?:,-?[1-9][0-9]{0,9})*)?\]",
        id=f"(?P<id>{_POSITIVE})",
        instance=_UUID_OR_NULL,
        log='(?P<log>"[^"]+")',
        request='"[0-9A-Za-z._:-]{0,64}"',
        role='"[a-z_]{1,32}"',
        series=_UID,
        study=_UID,
        task=_UUID_OR_NULL,
        what='"[a-z_]{1,32}"',
    )
)


def v23_access(run: Run) -> None:
    """Each batch of the access log holds the rows that its event tells of, canonical and in order of time."""
    batches: list[Event] = []

    def each(event: Event) -> None:
        if event.action == "access.batch":
            batches.append(event)

    def end() -> None:
        for event in batches:
            why = "" if run.is_gone(digest_of(event.after)) else _batch_fault(run, event)
            if why:
                run.fault("ACCESS_BATCH", event.place, why)

    if not run.subset:
        run.on_leaf.append(each)
        run.at_end.append(end)


def _batch_fault(run: Run, event: Event) -> str:
    """What is wrong with a batch; nothing if it is as its event says."""
    origins = {spelled(epoch.origin) for epoch in run.epochs}
    count, first, last = 0, "", ("", 0)
    for line in run.lines(content_path(digest_of(event.after) or "")):
        row = _ROW.fullmatch(line.decode("utf-8", "replace"))
        if row is None or row["log"] not in origins:
            return f"Line {count + 1} is no canonical row of this log."
        place = (row["at"], int(row["id"]))
        if place <= last:
            return f"Line {count + 1} is not after the one before it."
        count, first, last = count + 1, first or row["at"], place
    told = event.more()
    if [count, first, last[0]] != [told.get("count"), told.get("first"), told.get("last")]:
        return "It has other rows than its event says."
    if last[0] > event.time:
        return "A row is later than the event that sealed it."
    return "" if event.kind == "project" else "It is in the stream of something else than the project."


def v24_datasets(run: Run) -> None:
    """A locked dataset lists what its manifest counts, each case once, each label as it was released before."""
    released, locks = Sorted(), list[Event]()

    def each(event: Event) -> None:
        if event.action == "label.released":
            said = (event.stream, event.object, event.version, digest_of(event.after) or "")
            released.add(f"{event.event_id}\t{event.at:012d}\t{' '.join(said)}".encode())
        elif event.action == "dataset.locked":
            locks.append(event)

    def close() -> None:
        told = Sorted()
        for event in locks:
            why = "" if run.is_gone(digest_of(event.after)) else _dataset_fault(run, event, told)
            if why:
                run.fault("DATASET_MISMATCH", event.place, why)
        beyond = 0
        for key, lines, known in _side_by_side(_grouped(told, 0, 36), _grouped(released, 0, 36)):
            if not known and run.subset:
                beyond += len(lines)
                continue
            for line in lines:
                if not known or known[0][37:49] > line[37:49] or known[0][50:] != line[50:]:
                    place = f"label of event {key.decode('latin-1')}"
                    run.fault(
                        "DATASET_MISMATCH", place, "A dataset lists a label that was not released so before."
                    )

        if beyond:
            run.not_checked.append(
                f"V24: {beyond} labels of locked datasets, of cases that a subset leaves out."
            )

    run.on_leaf.append(each)
    run.at_close.append(close)


def _dataset_fault(run: Run, event: Event, told: Sorted) -> str:
    """What is wrong with a locked dataset by itself; its lines are added to those that are told."""
    manifest = run.content(digest_of(event.after))
    if not isinstance(manifest, dict) or manifest.get("schema") != "consilium/dataset-manifest/v1":
        return "Its manifest is none."
    lists: Any = manifest.get("lists")
    last, count = "", 0
    if not _are_lists(lists) or sorted(one["digest"] for one in lists) != sorted(event.cited("cases")):
        return "Its manifest has other lists than its event cites."
    for one in lists:
        listed = run.content(one["digest"])
        lines = listed.get("cases") if isinstance(listed, dict) else None
        if not isinstance(lines, list) or len(lines) != one.get("cases"):
            return "A list has another number of cases than the manifest says."
        for line in lines:
            said = _dataset_line(line)
            if said is None or said[1] <= last:
                return "A list has a line that is none, or a case twice."
            told.add(f"{said[0]}\t{event.at:012d}\t{' '.join(said[1:])}".encode())
            last, count = said[1], count + 1
    return "" if count == manifest.get("cases") else "Its manifest counts other cases than it lists."


def _are_lists(lists: Any) -> bool:
    return isinstance(lists, list) and all(
        isinstance(one, dict) and isinstance(one.get("digest"), str) for one in lists
    )


def _dataset_line(line: Any) -> tuple[str, ...] | None:
    """Event, case, label, version and digest of a line; None if it is no line of a dataset."""
    if not isinstance(line, dict) or len(line.get("event") or "") != 36:
        return None
    said = [line.get(name) for name in ("event", "case", "label", "version", "digest")]
    return tuple(map(str, said)) if all(said) else None


Check = tuple[str, str, Callable[[Run], None]]
CHECKS: list[Check] = [
    ("V1", "files are those of the manifests", v1_bag),
    ("V2", "checkpoint is signed by the given key", v2_checkpoint),
    ("V3", "checkpoint is cosigned by the witness", v3_witness),
    ("V5", "leaves give the signed root", v5_tree),
    ("V6", "earlier checkpoints are of this history", v6_history),
    ("V7", "events are canonical and of the schema", v7_form),
    ("V8", "no event occurs twice", v8_once),
    ("V9", "streams have no gap and their chains hold", v9_streams),
    ("V10", "times go forward", v10_times),
    ("V11", "contents are there and unchanged", v11_contents),
    ("V12", "openings are of their commitments", v12_openings),
    ("V13", "guideline and protocol versions were published", v13_versions),
    ("V14", "revisions follow each other", v14_revisions),
    ("V18", "heads are complete, and the bundle is the one exported", v18_heads),
    ("V19", "rotations of the log key follow each other", v19_rotations),
    ("V20", "cases follow the machine; labels are what was decided", v20_workflow),
    ("V21", "blinding was kept", v21_blinding),
    ("V22", "registers tell what the log tells", v22_registers),
    ("V23", "batches of the access log are what their events say", v23_access),
    ("V24", "locked datasets list labels that were released", v24_datasets),
]
NOT_BUILT = (
    "V4: time stamps of an authority (RFC 3161): bundles hold none yet.",
    "V15, V16: electronic signatures and passkeys.",
    "V17: whether people held the role that they used.",
    "V22: a signed statement and the report's tables: bundles hold none yet.",
    "README.txt, verify.py and data/schema are held against the manifests only, which nobody signs.",
)


ASIDE = ("V20", "V22")  # about half of the work; the others need nothing of theirs before V12's end


def _number_of(check: str) -> tuple[int, str]:
    return int(check[1:] or 0), check


def verify(
    bundle: Any,
    log_key: Key | None = None,
    known: Sequence[tuple[str, Checkpoint]] = (),
    witness: Key | None = None,
    checks: Sequence[Check] = CHECKS,
    old_keys: Sequence[Key] = (),
    processes: int = 1,
) -> Run:
    """Make the checks on an open bundle and return what they found; by two processes the same as by one.

    `old_keys`: those of earlier epochs.
    """
    run = Run(bundle, log_key, known, witness, old_keys)
    apart = [check for check in checks if check[0] in ASIDE] if processes > 1 and hasattr(os, "fork") else []
    if apart:
        aside = Run(bundle, log_key, known, witness, old_keys)
        with _elsewhere(aside, apart) as found:

            def adopt() -> None:
                findings = found()
                if findings is None:  # the other process was stopped, perhaps for want of memory
                    aside.go(apart, aside=True)
                    findings = aside.findings(apart)
                run.adopt(findings)

            run.go([check for check in checks if check not in apart], before_close=adopt)
    else:
        run.go(checks)
    if run.gone:
        run.not_checked.append(f"{run.gone} contents were erased; what hangs on them was not checked.")
    for action in sorted(run.unbuilt):
        run.incomplete.append(f"The log holds {action}, which this file can't check.")
    return run


@contextmanager
def _elsewhere(aside: Run, checks: Sequence[Check]) -> Iterator[Callable[[], tuple[Any, ...] | None]]:
    """Another process that makes these checks meanwhile; what is yielded waits for its findings, None without any."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            aside.go(checks, aside=True)
            with os.fdopen(writing, "wb") as out:
                out.write(marshal.dumps(aside.findings(checks)))
            os._exit(0)
        finally:  # whatever it was, the first process comes upon it again
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:

        def found() -> tuple[Any, ...] | None:
            data = answer.read()
            ended.append(os.waitpid(child, 0)[1])
            return marshal.loads(data) if ended == [0] else None  # noqa: S302 - what this program wrote

        ended: list[int] = []
        try:
            yield found
        finally:
            if not ended:
                os.kill(child, 9)
                os.waitpid(child, 0)


def exit_code(run: Run) -> int:
    """0 valid, 1 invalid, 2 incomplete."""
    return 1 if run.faults else 2 if run.incomplete else 0


RESULTS = ("valid", "invalid", "incomplete")


def as_json(run: Run, checks: Sequence[Check] = CHECKS) -> dict[str, Any]:
    """The outcome for programs."""
    skipped = {"V3"} if run.witness is None else set()
    skipped |= {"V2"} if run.log_key is None else set()
    head = run.checkpoint
    return {
        "schema": "consilium/verification/v1",
        "result": RESULTS[exit_code(run)],
        "exit": exit_code(run),
        "log": head and head.origin,
        "size": head and head.size,
        "root": head and base64.b64encode(head.root).decode(),
        "epochs_before": [
            {"log": shown(one.origin), "size": one.size, "root": base64.b64encode(one.root).decode()}
            for one in run.epochs[:-1]
        ],
        "profile": shown(run.profile),
        "events": run.events,
        "streams": run.streams,
        "checks": [
            {
                "check": name,
                "says": says,
                "faults": run.by_check.get(name, 0),
                "result": "failed"
                if run.by_check.get(name)
                else "not checked"
                if name in skipped
                else "passed",
            }
            for name, says, _ in checks
        ],
        "faults": [{"code": code, "place": place, "message": message} for code, place, message in run.faults],
        "fault_counts": run.counts,
        "incomplete": run.incomplete,
        "not_checked": [*run.not_checked, *NOT_BUILT],
    }


def as_text(told: dict[str, Any]) -> str:
    """The outcome for people."""
    lines = [f"{one['check']:<4} {one['result']:<12} {one['says']}" for one in told["checks"]]
    lines += [f"{one['code']} {one['place']}: {one['message']}" for one in told["faults"]]
    more = sum(told["fault_counts"].values()) - len(told["faults"])
    lines += [f"… and {more} more faults"] if more > 0 else []
    lines += [f"Incomplete: {one}" for one in told["incomplete"]]
    lines += [f"Not checked: {one}" for one in told["not_checked"]]
    lines += [f"Epoch before: log {one['log']}, size {one['size']}" for one in told["epochs_before"]]
    of = f"{told['events']} events in {told['streams']} streams, profile {told['profile']}, log {told['log']}"
    return "\n".join([*lines, f"{of}, size {told['size']}", told["result"].upper()]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Check a bundle of a Consilium log offline."
    )
    parser.add_argument("bundle", help="the ZIP file or the unpacked folder")
    parser.add_argument(
        "--log-key", help="the log's public key, <origin>+<key id>+<base64>, not from the bundle"
    )
    parser.add_argument(
        "--old-key", action="append", default=[], help="the public key of an earlier epoch's log"
    )
    parser.add_argument("--known", action="append", default=[], help="file with a checkpoint that you kept")
    parser.add_argument("--witness-key", help="public key of a witness that must have cosigned")
    parser.add_argument(
        "--processes",
        type=int,
        choices=(1, 2),
        default=min(os.cpu_count() or 1, 2),
        help="2 checks about half of the rules in a second process, where the system can fork: sooner, no other result",
    )
    parser.add_argument("--json", help="write the outcome as JSON to this file; - for the standard output")
    try:
        asked = parser.parse_args(arguments)
    except SystemExit as end:
        return 3 if end.code else 0
    gc.set_threshold(100_000, 50, 100)  # next to nothing here refers to itself
    try:
        told = _checked(asked)
    except Usage as error:
        sys.stderr.write(f"{error}\n")
        return 3
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if asked.json and asked.json != "-":
        with open(asked.json, "w", encoding="utf-8") as file:
            file.write(text)
    sys.stdout.write(text if asked.json == "-" else as_text(told))
    return int(told["exit"])


def _checked(asked: argparse.Namespace) -> dict[str, Any]:
    key, witness = _key(asked.log_key, 1), _key(asked.witness_key, 4)
    old = [key for key in (_key(text, 1) for text in asked.old_key) if key]
    known = [(path, _known(path)) for path in asked.known]
    try:
        with closing(open_bundle(asked.bundle)) as bundle:
            run = verify(bundle, key, known, witness, old_keys=old, processes=asked.processes)
    except Refused as refusal:
        run = Run(None, key, known, witness)
        run.fault("ARCHIVE_REFUSED", asked.bundle, str(refusal))
    except OSError as error:
        raise Usage(f"The bundle can't be read: {error}") from None
    return as_json(run)


def _key(text: str | None, kind: int) -> Key | None:
    if not text:
        return None
    try:
        key = parse_vkey(text.strip())
        if key.type != kind:
            raise ValueError("a key of another kind")
        return key
    except ValueError as error:
        raise Usage(f"This is no key: {error}.") from None


def _known(path: str) -> Checkpoint:
    try:
        with open(path, "rb") as file:
            return parse_checkpoint(file.read(1_000_001))
    except (OSError, ValueError) as error:
        raise Usage(f"{path} holds no checkpoint: {error}.") from None


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
