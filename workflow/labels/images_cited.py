"""The images that are named wherever marks are: the `series` and `sop` of each `on`, and of a case's `spacing`."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

SERIES, SOP = "series", "sop"
NAMING: Final = ("on", "spacing")  # the keys below which those two name an image


class Cited(NamedTuple):
    """A UID with its place, as a JSON pointer, and the member that it is in: `series` or `sop`."""

    path: str
    member: str
    uid: str


def images_cited(value: Any, path: str = "", below: str = "") -> Iterator[Cited]:
    """Every UID of an image that labels, or what holds some, name. `below`: the key that the value is under."""
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from images_cited(each, f"{path}/{place}", below)
    elif isinstance(value, dict):
        for name, each in value.items():
            if _names(below, name, each):
                yield Cited(f"{path}/{name}", name, each)
            else:
                yield from images_cited(each, f"{path}/{name}", name)


def with_images_named(value: Any, name_of: Callable[[str], str], below: str = "") -> Any:
    """A copy in which `name_of` names each image; the rest is as it was."""
    if isinstance(value, list):
        return [with_images_named(each, name_of, below) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: name_of(each) if _names(below, name, each) else with_images_named(each, name_of, name)
        for name, each in value.items()
    }


def _names(below: str, name: str, value: Any) -> bool:
    return below in NAMING and name in (SERIES, SOP) and isinstance(value, str)
