"""Canonical JSON: the one spelling of a value, so that equal values have equal digests.

The restricted profile of RFC 8785: ASCII keys, no floats, integers within ±(2^53−1), valid Unicode. Under it
the standard library's sorted, compact output is byte for byte what RFC 8785 asks for.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

import orjson

MAX_INT = 2**53 - 1
# A fixed bound, so that what one machine could write no other machine fails to read.
MAX_DEPTH = 200

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


# What tells one JSON number from another: digits are alike, and so is whatever may stand before a number.
_SIMILAR: Final = bytes.maketrans(b"123456789,[-", b"000000000:::")
_POINTS: Final = bytes.maketrans(b"[eE", b",..")
_DIGITS: Final = b"0123456789-"
_ALL_BUT_MARKS: Final = bytes(set(range(256)).difference(b'{}[]"\\'))


class FaultAt(ValueError):
    """A broken rule: `pointer` says where (RFC 6901), `reason` which; neither shows the value."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason, pointer)
        self.reason = reason
        self.pointer = pointer

    def __str__(self) -> str:
        return f"{self.pointer or 'the whole value'}: {self.reason}"

    def below(self, step: str | int) -> None:
        """Prefix the pointer with the key or index that led to the fault."""
        self.pointer = f"/{escape(step)}{self.pointer}"


class CanonicalError(FaultAt):
    """The value or the bytes lie outside the canonical profile."""


class _Refused:
    """Stands in a parsed value for what the profile forbids, until the walk that knows its place finds it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _object(pairs: list[tuple[str, object]]) -> object:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Refused("a key occurs twice")


def _integer(text: str) -> object:
    # The length first: converting a very long number is slow, and Python refuses it with another error.
    if len(text) <= 17 and abs(value := int(text)) <= MAX_INT:
        return value
    return _Refused("an integer beyond ±(2^53−1)")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=lambda _: _Refused("a number that is not an integer"),
    parse_constant=lambda _: _Refused("not a JSON number"),
    parse_int=_integer,
)


def escape(step: str | int) -> str:
    """Return one step of a JSON pointer, escaped as in RFC 6901 §3."""
    return str(step).replace("~", "~0").replace("/", "~1")


def digest(data: bytes) -> str:
    """Return the plain SHA-256 of the bytes as `sha256:<64 hex>`; `sha256sum` gives the same."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of a value, or raise CanonicalError at its first fault."""
    _check(value, 0)
    return spelled(value)


def spelled(value: object) -> bytes:
    """Return the canonical bytes of a value that is known to lie within the profile: nothing is looked for."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a named tuple, say
        return _ENCODER.encode(value).encode()


def value_of(data: bytes) -> Any:
    """Return the value of bytes that are known to be canonical: nothing is looked for."""
    return orjson.loads(data)


def parse(data: bytes) -> Any:
    """Return the value of canonical bytes; raise CanonicalError if any other bytes would spell it."""
    # ASCII bytes that are spelled again alike have ASCII keys in order, each once: what comes back the same and holds
    # neither a number of another kind nor too many levels needs no walk through the value.
    if data[:1] == b"{" and data.isascii() and _has_short_integers_alone(data) and _is_shallow(data):
        try:
            value = orjson.loads(data)
            if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == data:
                return value
        except (ValueError, TypeError):  # not JSON, or half a surrogate pair
            pass
    return _parse_with_care(data)


def _has_short_integers_alone(data: bytes) -> bool:
    """Whether no number has a fraction, an exponent, or 16 digits and more; False also where a text looks like one."""
    bare = data.translate(_POINTS, _DIGITS)
    if b'":.' in bare or b",." in bare:
        return False
    return b":0000000000000000" not in data.translate(_SIMILAR)


def _is_shallow(data: bytes) -> bool:
    """Whether an object is surely nested no deeper than MAX_DEPTH; False also where that is hard to tell."""
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return True
    # Quotes pair up only where no text holds a bracket; a backslash stays. Each round takes off two levels at most.
    marks = data.translate(None, _ALL_BUT_MARKS).replace(b'""', b"")
    for _ in range(MAX_DEPTH // 2):
        if not marks:
            break
        marks = marks.replace(b"{}", b"").replace(b"[]", b"")
    return not marks


def _parse_with_care(data: bytes) -> Any:
    try:
        value = _DECODER.decode(data.decode())
    except RecursionError:
        raise CanonicalError("nested too deeply") from None
    except ValueError:
        # The decoder's own message and its `doc` attribute would carry the content along.
        raise CanonicalError("not JSON in UTF-8") from None
    if canonical(value) != data:
        raise CanonicalError("not spelled canonically")
    return value


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        _check_keys(value)
        _check_members(value.items(), depth + 1)
    elif isinstance(value, list | tuple):
        _check_members(enumerate(value), depth + 1)
    elif isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise CanonicalError("an integer beyond ±(2^53−1)")
    elif isinstance(value, _Refused):
        raise CanonicalError(value.reason)
    elif value is not None:
        raise CanonicalError("a float or a type unknown to JSON")


def _check_text(value: str) -> None:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise CanonicalError("text with half a surrogate pair") from None


def _check_keys(value: dict[Any, object]) -> None:
    for key in value:
        if not (isinstance(key, str) and key.isascii()):
            raise CanonicalError("a key that is not ASCII text")


def _check_members(members: Iterable[tuple[str | int, object]], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CanonicalError("nested too deeply")
    for step, member in members:
        try:
            _check(member, depth)
        except CanonicalError as fault:
            fault.below(step)
            raise
