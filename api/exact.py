"""JSON read exactly: what two programs could understand differently is refused, with its place, never its value."""

import json
from typing import Any

from audit.canonical import MAX_DEPTH, MAX_INT, escape


class NotExact(ValueError):
    """The bytes are no JSON that everybody reads alike: `path` is a JSON pointer, `code` is stable."""

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(code, message, path)
        self.code, self.message, self.path = code, message, path


class _Refused:
    """Stands where something is refused until the walk, which knows the place, finds it."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message


_FLOAT = _Refused("float", 'Send decimals as strings such as "4.50": a float can\'t keep them exactly.')
_CONSTANT = _Refused("not_a_number", "NaN and Infinity are no JSON.")
_BIG = _Refused("big_integer", "This integer is beyond 2^53-1; send it as a string.")
_TWICE = _Refused("duplicate_key", "A key occurs twice in this object.")


def parse(data: bytes) -> Any:
    """The value of UTF-8 JSON bytes; NotExact for anything that isn't exact."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=lambda _: _FLOAT,
            parse_constant=lambda _: _CONSTANT,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise NotExact("not_utf8", "The body is not UTF-8 text.") from None
    except RecursionError:
        raise NotExact("too_deep", f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        place = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise NotExact("not_json", f"The body is not JSON{place}.") from None
    _check(value, "", 0)
    return value


def _object(pairs: list[tuple[str, Any]]) -> Any:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _TWICE


def _integer(text: str) -> Any:
    # The length first: converting a very long number is slow.
    if len(text) > 17:
        return _BIG
    number = int(text)
    return number if -MAX_INT <= number <= MAX_INT else _BIG


def _check(value: Any, path: str, depth: int) -> None:
    if isinstance(value, _Refused):
        raise NotExact(value.code, value.message, path)
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            raise NotExact("too_deep", f"The body is nested deeper than {MAX_DEPTH} levels.", "")
        for step, member in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(step, str):
                _check_text(step, path)
            _check(member, f"{path}/{escape(step)}", depth + 1)


def _check_text(text: str, path: str) -> None:
    if "\0" in text:
        raise NotExact("nul", "Text can't hold the NUL character.", path)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotExact("half_a_character", "Text holds half of a surrogate pair.", path) from None
