"""WADO-RS: pictures of images as a screen would show them, and small ones (PS3.18 10.4.1.1.3, 10.4.1.1.4)."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from django.http import HttpResponseBase, QueryDict
from rest_framework.request import Request

from imaging.web.multipart import Part, message_type, multipart
from imaging.web.rendering import FUNCTIONS, LARGEST, MOST_PIXELS, Look, rendered, resized
from workflow.errors import DomainError
from workflow.images.looking import picture_of
from workflow.images.serving import file_of
from workflow.models import Instance

from .accepting import JPEG, MESSAGE, PNG, Offer, chosen
from .answers import FOR_EVER, Access, Answer, give
from .base import Images, addresses, here
from .describing import LOOK
from .frame_views import check_frames, frame_numbers, frames_access
from .retrieve_views import access_of

SINGLE: Final = (Offer(JPEG), Offer(PNG))
IN_PARTS: Final = (Offer(JPEG, in_parts=True), Offer(PNG, in_parts=True))
SMALL: Final = (256, 256)
QUALITY: Final = 90


class BadLook(DomainError):
    """window is centre,width and a function; viewport is columns,rows and a part of the image; quality is 1 to 100."""

    code, status = "bad_rendering", 400


class TooLarge(DomainError):
    """This image has more pixels than a picture is made of. Fetch its frames, and show a part of them."""

    code, status = "too_large_to_render", 413


class Rendered(Images):
    """Pictures of a study, a series, an image, or frames of one."""

    forms, parameters = (JPEG, PNG, MESSAGE), LOOK
    problems: ClassVar[frozenset[int]] = frozenset({400, 409, 413})

    def get(
        self,
        request: Request,
        study: str,
        series: str = "",
        instance: str = "",
        frames: str = "",
        **where: Any,
    ) -> HttpResponseBase:
        """JPEG or PNG; one picture, of the middle, unless a message of several parts is asked for."""
        look = look_of(request.GET)
        numbers = frame_numbers(frames) if frames else []
        door, rows = self.found(request, where, study, series, instance)
        check_frames(rows[0], numbers)
        here(rows)
        offer = chosen(request._request, (*SINGLE, *IN_PARTS), SINGLE[0])
        pictures = _pictures(rows, numbers) if offer.in_parts else [_middle(rows, numbers)]
        for row, _ in pictures:
            if int(row.facts.get("rows") or 0) * int(row.facts.get("columns") or 0) > MOST_PIXELS:
                raise TooLarge()
        etag = door.etag("rendered", str(offer), frames, str(look), *(row.digest for row in rows))
        access = _access(rows, pictures, series=bool(series), one=bool(instance) or not offer.in_parts)
        address = addresses(request._request)

        def parts() -> Iterator[Part]:
            for row, number in pictures:
                where_it_is = f"{address(*door.uids_of(row))}/frames/{number}/rendered"
                yield Part(offer.media_type, [_picture(row, number, look, offer)], where_it_is)

        if not offer.in_parts:
            answer = Answer(offer.media_type, lambda: next(parts()).body, etag, FOR_EVER)
        else:
            told = message_type(offer.media_type, etag)
            answer = Answer(told, lambda: multipart(parts(), etag), etag, FOR_EVER)
        return give(request._request, door, access, answer)


class Thumbnail(Images):
    """A small picture of a study, a series, an image, or a frame of one."""

    forms, parameters = (JPEG, PNG), LOOK[1:2]
    problems: ClassVar[frozenset[int]] = frozenset({400, 409, 413})

    def get(
        self,
        request: Request,
        study: str,
        series: str = "",
        instance: str = "",
        frames: str = "",
        **where: Any,
    ) -> HttpResponseBase:
        """JPEG or PNG of at most 256 pixels a side, of the middle, or of the first frame that is named."""
        look = look_of(request.GET)
        numbers = frame_numbers(frames) if frames else []
        door, rows = self.found(request, where, study, series, instance)
        check_frames(rows[0], numbers)
        offer = chosen(request._request, SINGLE, SINGLE[0])
        row, number = _middle(rows, numbers)
        size = look.size or SMALL
        etag = door.etag("thumbnail", str(offer), frames, str(size), row.digest)
        access = frames_access("thumbnail", row, [number])
        body: Callable[[], bytes]
        if numbers:
            here([row])
            small = Look(size=size)
            body = lambda: _picture(row, number, small, offer)  # noqa: E731
        else:
            picture = picture_of(row).read_bytes()
            fits = size == SMALL and offer.media_type == PNG
            body = lambda: picture if fits else resized(picture, size, offer.media_type, QUALITY)  # noqa: E731
        return give(
            request._request, door, access, Answer(offer.media_type, lambda: [body()], etag, FOR_EVER)
        )


def look_of(parameters: QueryDict) -> Look:
    """How pictures are asked for; BadLook if it can't be understood."""
    try:
        size, part = _viewport(parameters.get("viewport", ""))
        quality = int(parameters.get("quality", str(QUALITY)))
        if not 1 <= quality <= 100:
            raise BadLook()
        return Look(_window(parameters.get("window", "")), size, part, quality)
    except (ValueError, OverflowError):
        raise BadLook() from None


def _window(text: str) -> tuple[float, float, str] | None:
    if not text:
        return None
    centre, width, *function = text.split(",")
    how = function[0].lower() if function else "linear"
    if (
        how not in FUNCTIONS
        or len(function) > 1
        or not 0 < float(width) < 1e12
        or not abs(float(centre)) < 1e12
    ):
        raise BadLook()
    return float(centre), float(width), how


def _viewport(text: str) -> tuple[tuple[int, int] | None, tuple[float, float, float, float] | None]:
    if not text:
        return None, None
    columns, rows, *source = text.split(",")
    size = int(columns), int(rows)
    if not all(1 <= one <= LARGEST for one in size) or len(source) not in (0, 4):
        raise BadLook()
    if not source:
        return size, None
    left, top, width, height = (float(one) for one in source)
    if not (0 <= left < 1e6 and 0 <= top < 1e6 and 1 <= width < 1e6 and 1 <= height < 1e6):
        raise BadLook()
    return size, (left, top, width, height)


def _pictures(rows: list[Instance], numbers: list[int]) -> list[tuple[Instance, int]]:
    return [(row, number) for row in rows for number in numbers or range(1, len(row.frames) + 1)]


def _middle(rows: list[Instance], numbers: list[int]) -> tuple[Instance, int]:
    """What stands for all: the frame that is named first, else the middle one of the middle image."""
    row = rows[len(rows) // 2]
    return row, numbers[0] if numbers else len(row.frames) // 2 + 1


def _access(rows: list[Instance], pictures: list[tuple[Instance, int]], *, series: bool, one: bool) -> Access:
    row, _ = pictures[0]
    if one:
        return frames_access("rendered", row, [number for _, number in pictures])
    return access_of("rendered", rows, series=series, instance=False)


def _picture(row: Instance, number: int, look: Look, offer: Offer) -> bytes:
    return rendered(file_of(row).path, number, row.facts, look, offer.media_type)
