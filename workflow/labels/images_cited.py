"""The images that marks lie on, wherever marks are: the `series` and `sop` of each `on`."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

ON: Final = "on"
SERIES, SOP = "series", "sop"


class Cited(NamedTuple):
    """A UID with its place, as a JSON pointer, and the member that it is in: `series` or `sop`."""

    path: str
    member: str
    uid: str


def images_cited(value: Any, path: str = "") -> Iterator[Cited]:
    """Every UID of an image that labels, or what holds some, name."""
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from images_cited(each, f"{path}/{place}")
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == ON and isinstance(each, dict):
                yield from _of_mark(each, f"{path}/{ON}")
            else:
                yield from images_cited(each, f"{path}/{name}")


def with_images_named(value: Any, name_of: Callable[[str], str]) -> Any:
    """A copy in which `name_of` names each image; what names none is left as it is."""
    if isinstance(value, list):
        return [with_images_named(each, name_of) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _named(each, name_of)
        if name == ON and isinstance(each, dict)
        else with_images_named(each, name_of)
        for name, each in value.items()
    }


def _of_mark(on: dict[str, Any], path: str) -> Iterator[Cited]:
    for member in (SERIES, SOP):
        if isinstance(on.get(member), str):
            yield Cited(f"{path}/{member}", member, on[member])


def _named(on: dict[str, Any], name_of: Callable[[str], str]) -> dict[str, Any]:
    return {
        key: name_of(each) if key in (SERIES, SOP) and isinstance(each, str) else each
        for key, each in on.items()
    }
