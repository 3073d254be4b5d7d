"""Content negotiation (PS3.18 8.7): media types with transfer syntaxes, alone or as parts of a message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from imaging.web.frames import JPEG_LS, PLAIN_SYNTAX
from workflow.errors import DomainError

MESSAGE: Final = "multipart/related"
BYTES: Final = "application/octet-stream"
DICOM: Final = "application/dicom"
JLS: Final = "image/jls"
DICOM_JSON: Final = "application/dicom+json"
JSON: Final = "application/json"
PNG, JPEG = "image/png", "image/jpeg"
ANY: Final = "*/*"
_MOST: Final = 4000  # characters of what is accepted
_SPLIT: Final = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_PARAMETER: Final = re.compile(r';\s*([\w-]+)\s*=\s*("[^"]*"|[^;]*)')


class NotAcceptable(DomainError):
    """This can't be had in any of the forms that you accept."""

    code, status = "not_acceptable", 406


@dataclass(frozen=True, slots=True)
class Offer:
    """A form in which something can be had: its media type, its transfer syntax, whether as parts of a message.

    `by_default`: also where the asker names the media type and no transfer syntax.
    """

    media_type: str
    syntax: str = ""
    in_parts: bool = False
    by_default: bool = True

    @property
    def content_type(self) -> str:
        """As a part or an answer says what it is."""
        return f"{self.media_type}; transfer-syntax={self.syntax}" if self.syntax else self.media_type

    def __str__(self) -> str:
        told = f"; transfer-syntax={self.syntax}" if self.syntax else ""
        return f'{MESSAGE}; type="{self.media_type}"{told}' if self.in_parts else f"{self.media_type}{told}"


@dataclass(frozen=True, slots=True)
class _Asked:
    media_type: str
    in_parts: bool | None  # None: either
    syntax: str
    weight: float

    def takes(self, offer: Offer) -> bool:
        return (
            (self.in_parts is None or self.in_parts == offer.in_parts)
            and _covers(self.media_type, offer.media_type)
            and (self.syntax in ("*", offer.syntax) if self.syntax else offer.by_default)
        )


def chosen(request: HttpRequest, offers: Sequence[Offer], default: Offer) -> Offer:
    """The first offer that suits best what the request accepts, by header or `accept` parameter.

    Whoever accepts anything gets `default`. NotAcceptable, which says what can be had.
    """
    text = request.GET.get("accept") or request.headers.get("Accept") or ANY
    asked = sorted(_parsed(text[:_MOST]), key=lambda one: -one.weight)
    for one in asked:
        if one.weight <= 0:
            break
        if one.media_type == ANY and one.in_parts in (None, default.in_parts) and not one.syntax:
            return default
        if (found := next((offer for offer in offers if one.takes(offer)), None)) is not None:
            return found
    had = ", ".join(dict.fromkeys(map(str, offers)))
    raise NotAcceptable(f"This can't be had in any of the forms that you accept. It can be had as {had}.")


def pixel_offers(syntax: str, *, in_parts: bool, single: bool = True) -> list[Offer]:
    """How frames of a stored transfer syntax can be had; uncompressed unless something else is asked for."""
    forms = [True, False] if in_parts and single else [in_parts]
    found = []
    for parts in forms:
        if syntax == JPEG_LS:
            found.append(Offer(JLS, JPEG_LS, parts))
            found.append(Offer(BYTES, JPEG_LS, parts, by_default=False))
        found.append(Offer(BYTES, PLAIN_SYNTAX, parts))
    return found


def _parsed(text: str) -> list[_Asked]:
    return [one for piece in _SPLIT.split(text) if (one := _asked(piece.strip())) is not None]


def _asked(piece: str) -> _Asked | None:
    media_type, _, rest = piece.partition(";")
    media_type = media_type.strip().lower().replace("image/x-jls", JLS)
    given = {key.lower(): value.strip().strip('"') for key, value in _PARAMETER.findall(";" + rest)}
    try:
        weight = float(given.get("q", "1"))
    except ValueError:
        return None
    syntax = given.get("transfer-syntax", "")
    if media_type == MESSAGE:
        kind = given.get("type", ANY).lower().replace("image/x-jls", JLS)
        return _Asked(kind, True, syntax, weight)
    if media_type in (ANY, "multipart/*"):
        return _Asked(ANY, None if media_type == ANY else True, syntax, weight)
    return _Asked(media_type, False, syntax, weight)


def _covers(asked: str, offered: str) -> bool:
    if asked in (ANY, offered):
        return True
    return asked.endswith("/*") and offered.startswith(asked[:-1])
