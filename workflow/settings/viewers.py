"""Outside viewers of a project: a name, and the template of an address that opens a case there.

A template is checked when it is set, so that filling it can't fail nor lead anywhere but where its manager said:
what is put in is percent-encoded, and never stands in the scheme or the host.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from audit.canonical import escape
from workflow.reasons import fault

from .kinds import Faults

MOST: Final = 20
LONGEST_NAME: Final = 40
LONGEST_URL: Final = 2000
PLACEHOLDERS: Final = (
    *("dicomweb", "dicomweb_encoded", "study", "studies", "series"),
    *("token", "task", "api", "return_url"),
)
# Ours, and made of characters that stand for themselves in a path and a query: viewers want it as it is.
_AS_IT_IS: Final = frozenset({"dicomweb"})
_LISTS: Final = frozenset({"studies", "series"})  # commas between them stay commas
_PLACE = re.compile(r"\{([^{}]*)\}")
_HTTP = re.compile(r"(https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(?=[/?#]|\Z)")
# Programs on the reader's own machine. What a browser itself acts on (javascript:, data:, file:, …) is none of them.
_PROGRAM = re.compile(r"(weasis|slicer|radiant|osirix|horos|x-[a-z0-9-]{1,30}|web\+[a-z]{1,30}):")
_ALLOWED = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~{}]*")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """An outside viewer; `returns`: it may also save and submit what is read in it, not only look."""

    name: str
    url: str
    returns: bool = False

    def wants(self, placeholder: str) -> bool:
        """Whether the address needs this."""
        return placeholder in _PLACE.findall(self.url)

    def address(self, values: Mapping[str, str]) -> str:
        """The template with a value in every place."""
        return _PLACE.sub(lambda place: _put(place[1], values[place[1]]), self.url)


@dataclass(frozen=True, slots=True)
class Viewers:
    """A list of viewers."""

    bounds: str = f"up to {MOST} objects with name, url and perhaps returns"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        texts = {
            "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
            "url": {"type": "string", "minLength": 1, "maxLength": LONGEST_URL},
        }
        each = {
            "type": "object",
            "properties": {**texts, "returns": {"type": "boolean", "default": False}},
            "required": ["name", "url"],
            "additionalProperties": False,
        }
        return {"type": "array", "items": each, "maxItems": MOST}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, list) or len(value) > MOST:
            yield fault(path, "not_a_list", f"Give a list of {self.bounds}.")
            return
        names = [one.get("name") if isinstance(one, dict) else None for one in value]
        for place, one in enumerate(value):
            here = f"{path}/{place}"
            yield from _of_one(one, here)
            if names[place] is not None and names[place] in names[:place]:
                yield fault(f"{here}/name", "twice", "This name is there twice.")


def viewer_of(one: Mapping[str, Any]) -> Viewer:
    """A viewer as its setting has it."""
    return Viewer(one["name"], one["url"], bool(one.get("returns", False)))


def _of_one(one: Any, here: str) -> Faults:
    if not isinstance(one, dict):
        yield fault(here, "not_an_object", "Give an object with name and url.")
        return
    for key in one.keys() - {"name", "url", "returns"}:
        yield fault(f"{here}/{escape(key)}", "unknown_key", "A viewer has name, url and returns.")
    name = one.get("name")
    if not isinstance(name, str) or not _is_name(name):
        yield fault(f"{here}/name", "bad_name", f"A name has 1 to {LONGEST_NAME} characters.")
    if not isinstance(one.get("returns", False), bool):
        yield fault(f"{here}/returns", "not_yes_or_no", "Give true or false.")
    yield from _of_url(one.get("url"), f"{here}/url")


def _of_url(url: Any, path: str) -> Faults:
    if not isinstance(url, str) or not 1 <= len(url) <= LONGEST_URL:
        yield fault(path, "bad_url", f"Give an address of 1 to {LONGEST_URL} characters.")
    elif not _ALLOWED.fullmatch(url):
        message = "Write blanks, quotation marks and letters beyond ASCII percent-encoded, such as %20."
        yield fault(path, "bad_character", message)
    elif (wrong := _beginning(url)) is not None:
        yield fault(path, *wrong)
    elif set("{}") & set(_PLACE.sub("", url)):
        yield fault(
            path, "stray_brace", "A brace stands alone. Write places as {study}, other braces as %7B, %7D."
        )
    else:
        for name in dict.fromkeys(_PLACE.findall(url)):
            if name not in PLACEHOLDERS:
                known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                yield fault(path, "unknown_placeholder", f"There is no {{{name}}}. There are {known}.")


def _beginning(url: str) -> tuple[str, str] | None:
    """Code and sentence of what is wrong with the scheme and the host; they hold no places."""
    if _PROGRAM.match(url):
        return None
    found = _HTTP.match(url)
    if found is None:
        message = "It must begin with https:// and a host, or with the scheme of a program such as weasis: or slicer:."
        return "bad_scheme", message
    if found[1] == "http" and found["host"] not in _LOCAL:
        return (
            "not_secure",
            "It must begin with https://: http:// is only for this machine itself, localhost.",
        )
    return None


def _put(place: str, value: str) -> str:
    if place in _AS_IT_IS:
        return value
    return quote(value, safe="," if place in _LISTS else "")


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_NAME and name == name.strip() and name.isprintable()
