"""Lines of the label tables, in canonical JSON and in CSV (RFC 4180): what all rows share is spelled once."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from audit.canonical import spelled

NULL: Final = b"null"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def json_form(members: Mapping[str, Any], gaps: Collection[str]) -> bytes:
    """An object's spelling, with %s for each member that is filled in, in the order of their names."""
    texts = {name: spelled(value).replace(b"%", b"%%") for name, value in members.items()}
    texts |= dict.fromkeys(gaps, b"%s")
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), texts[name]) for name in sorted(texts)) + b"}"


def csv_form(columns: Sequence[str], members: Mapping[str, Any]) -> bytes:
    """A line's spelling, with %s for each cell that no member fills, in the order of the columns."""
    return b",".join(
        cell(members[name]).replace(b"%", b"%%") if name in members else b"%s" for name in columns
    )


@lru_cache(maxsize=1024)
def cell(value: str | int | None) -> bytes:
    """A text or a number in CSV; a text that a spreadsheet would take for a formula is marked as text."""
    text = "" if value is None else str(value)
    return quoted((f"'{text}" if isinstance(value, str) and value.startswith(_FORMULA) else text).encode())


def quoted(text: bytes) -> bytes:
    """A cell in quotes, if it needs them."""
    if b'"' in text:
        return b'"' + text.replace(b'"', b'""') + b'"'
    return b'"' + text + b'"' if b"," in text or b"\n" in text or b"\r" in text else text


def texts_by_path(content: Mapping[str, Any]) -> dict[str, bytes]:
    """What a read-shaped content says, spelled, by path; of findings with one id the first counts."""
    found = {f"fields/{key}": spelled(value) for key, value in content.get("fields", {}).items()}
    for one in reversed(content.get("findings", ())):
        found[f"findings/{one['id']}/mark"] = spelled(one.get("mark"))
        found |= {
            f"findings/{one['id']}/fields/{key}": spelled(value)
            for key, value in one.get("fields", {}).items()
        }
    return found
