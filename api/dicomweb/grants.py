"""What readers have open in this process: which series, by which credential, under which names, in which form.

In memory alone. A grant spares looking things up, it allows nothing: what is served from it is asked for again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from audit.access import Seen
from imaging.web.frames import StoredFile

from .accepting import Offer
from .kept import Kept

_OPEN: Final = 30.0  # seconds
_SERIES_KEPT: Final = 600.0  # seconds for which it is known where the images of a series lie
MOST: Final = 40  # of either: a CT of a thousand slices is about a megabyte


@dataclass(frozen=True, slots=True)
class Lying:
    """An image of a series: its row's id, the digest of its file, and where its frames lie."""

    key: UUID
    digest: str
    file: StoredFile


Images = Mapping[str, Lying]  # by the UID as shown


@dataclass(frozen=True, slots=True)
class Grant:
    """What a task's holder has open: a series' images, what is written of each access, their marks, the form.

    `holder`: their membership; `token` or `session`: what they signed in with.
    """

    images: Images
    seen: Seen
    etag: Callable[..., str]
    offer: Offer
    holder: UUID
    token: UUID | None
    session: str | None


GRANTS: Final[Kept[tuple[str, str, bytes], Grant]] = Kept(MOST, _OPEN)
SERIES: Final[Kept[tuple[object, ...], Images]] = Kept(MOST, _SERIES_KEPT)


def key_of(request: HttpRequest, series: str) -> tuple[str, str, bytes]:
    """What a grant hangs on: the address of the series, the form asked for, and what the request signs in with."""
    signed = f"{request.META.get('HTTP_AUTHORIZATION', '')}\0{request.COOKIES.get(settings.SESSION_COOKIE_NAME, '')}"
    return series, request.META.get("HTTP_ACCEPT", ""), sha256(signed.encode()).digest()
