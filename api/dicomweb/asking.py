"""What a search asks for (PS3.18 8.3.4): attributes to match, attributes to return, and which page of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from string import hexdigits
from types import ModuleType
from typing import Final

from django.http import QueryDict

from workflow.errors import DomainError

NO_FUZZY: Final = (
    '299 consilium "The fuzzymatching parameter is not supported. Only literal matching has been performed."'
)
PARAMETERS: Final = frozenset(
    {"limit", "offset", "includefield", "fuzzymatching", "accept", "emptyvaluematching"}
)
_UNKNOWN: Final = 0xFFFFFFFF
_LONGEST: Final = 9  # digits


class BadQuery(DomainError):
    """The search can't be understood. Name attributes by keyword or by eight hexadecimal digits."""

    code, status = "bad_query", 400


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute by its way of tags, and the value to match; "" matches anything."""

    way: tuple[str, ...]
    vr: str
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """A search: what must match, what is wanted beside the usual (`everything`: all), where the page begins."""

    keys: tuple[Key, ...] = ()
    wanted: frozenset[str] = frozenset()
    everything: bool = False
    limit: int | None = None
    offset: int = 0
    warnings: tuple[str, ...] = field(default=())

    def values(self, tag: str) -> list[str]:
        """The UIDs or codes that an attribute must be one of; empty where anything goes, or only a pattern is told."""
        for key in self.keys:
            if key.way == (tag,) and key.value and not set("*?") & set(key.value):
                return listed(key.value)
        return []


def listed(value: str) -> list[str]:
    """The members of a list, which are told apart by commas or backslashes."""
    return [one.strip() for one in value.replace("\\", ",").split(",") if one.strip()]


def query_of(parameters: QueryDict) -> Query:
    """A search as its address tells it; BadQuery if it can't be understood."""
    fields = [one for text in parameters.getlist("includefield") for one in text.split(",") if one]
    everything = "all" in fields
    keys = tuple(_keys(parameters))
    named = {_way(one)[0] for one in fields if one != "all"}
    fuzzy = parameters.get("fuzzymatching", "false").lower() == "true"
    return Query(
        keys=keys,
        wanted=frozenset(named | {key.way[0] for key in keys}),
        everything=everything,
        limit=_number(parameters, "limit"),
        offset=_number(parameters, "offset") or 0,
        warnings=(NO_FUZZY,) if fuzzy else (),
    )


def _keys(parameters: QueryDict) -> Iterator[Key]:
    for name, values in parameters.lists():
        if name in PARAMETERS:
            continue
        way = _way(name)
        value = ",".join(values)
        if "\0" in value or len(value) > 4000:
            raise BadQuery()
        yield Key(way, _dictionary().dictionary_VR(int(way[-1], 16)), value)


def _way(name: str) -> tuple[str, ...]:
    return tuple(_tag(one) for one in name.split("."))


def _tag(name: str) -> str:
    """A tag as eight hexadecimal digits, from these or from a keyword."""
    by_number = len(name) == 8 and all(one in hexdigits for one in name)
    # Some elements of the dictionary have no keyword: an empty name is none of them.
    tag = int(name, 16) if by_number else _dictionary().tag_for_keyword(name) if name else None
    try:
        _dictionary().dictionary_VR(tag or _UNKNOWN)
    except KeyError:
        raise BadQuery() from None
    return f"{tag:08X}"


def _dictionary() -> ModuleType:
    """DICOM's dictionary, when used: it comes with every decoder."""
    from pydicom import datadict

    return datadict


def _number(parameters: QueryDict, name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise BadQuery(f"{name} is a number of results, 0 or more.")
    return int(text)
