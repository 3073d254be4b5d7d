"""WADO-RS: frames of an image, each one read of a range of bytes of the stored file (PS3.18 10.4.1.1.6)."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request

from audit.access import Code
from imaging.web.frames import PLAIN_SYNTAX, StoredFile, reading, stored_syntax
from imaging.web.multipart import Part, message_type, multipart
from workflow.errors import DomainError, NotFound
from workflow.images.serving import GONE, file_of
from workflow.models import Instance

from .accepting import BYTES, JLS, MESSAGE, Offer, chosen, pixel_offers
from .answers import AHEAD, FOR_EVER, FRAMES, Access, Answer, give
from .base import Images, addresses
from .messages import frame_answer
from .quick import grant_series


class BadFrames(DomainError):
    """Frames are named by their numbers, counted from 1, with commas between them."""

    code, status = "bad_frames", 400


class Frames(Images):
    """Frames of an image."""

    forms = (MESSAGE, BYTES, JLS)
    ahead = True

    def get(
        self, request: Request, study: str, series: str, instance: str, frames: str, **where: Any
    ) -> HttpResponseBase:
        """The pixels of frames, each a part of the message; uncompressed unless something else is asked for."""
        numbers = frame_numbers(frames)
        door, row = self.one(request, where, study, series, instance)
        check_frames(row, numbers)
        file = file_of(row)
        syntax = syntax_of(file)
        offers = pixel_offers(syntax, in_parts=True, single=len(numbers) == 1)
        offer = chosen(request._request, offers, Offer(BYTES, PLAIN_SYNTAX, True))
        etag = door.etag("frames", str(offer), frames, row.digest)
        access = frames_access(AHEAD if door.ahead else FRAMES, row, numbers)
        where_it_is = addresses(request._request)(*door.uids_of(row))
        if len(numbers) == 1:
            data = next(_pixels(file, numbers, offer.syntax))
            answer = frame_answer(offer, data, etag, f"{where_it_is}/frames/{numbers[0]}")
            response = give(request._request, door, access, answer)
            grant_series(request, door, row, access, offer, series)
            return response
        message = multipart(_parts(file, numbers, offer, where_it_is), etag)
        content_type = message_type(offer.media_type, etag, offer.syntax)
        return give(request._request, door, access, Answer(content_type, lambda: message, etag, FOR_EVER))


def frame_numbers(text: str) -> list[int]:
    """Frames as an address names them; BadFrames if it doesn't."""
    pieces = text.split(",")
    if not all(one.isascii() and one.isdigit() and len(one) <= 6 for one in pieces):
        raise BadFrames()
    return [int(one) for one in pieces]


def check_frames(row: Instance, numbers: list[int]) -> None:
    """NotFound unless an image has all of these frames."""
    if not all(1 <= number <= len(row.frames) for number in numbers):
        raise NotFound("This image has no such frame.")


def syntax_of(file: StoredFile) -> str:
    """The transfer syntax of a stored file; NotFound if it is gone."""
    try:
        return stored_syntax(file)
    except FileNotFoundError:
        raise NotFound(GONE) from None


def frames_access(what: str, row: Instance, numbers: list[int]) -> Access:
    """What is about to be seen: frames of an image."""
    seen: Any = row
    series = row.series
    return Access(Code.INSTANCES_ACCESSED, what, seen.case, series.study.uid, series.uid, row.pk, numbers)


def _pixels(file: StoredFile, numbers: list[int], syntax: str) -> Iterator[bytes | bytearray]:
    with reading(file) as frames:
        for number in numbers:
            yield frames.given(number, syntax)


def _parts(file: StoredFile, numbers: list[int], offer: Offer, address: str) -> Iterator[Part]:
    for number, data in zip(numbers, _pixels(file, numbers, offer.syntax), strict=True):
        yield Part(offer.content_type, [bytes(data)], f"{address}/frames/{number}")
