"""A file in pieces: one range of bytes (RFC 9110 §14), so that a download can go on where it broke off."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_AT_ONCE = 1 << 20


def asked_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte asked for (both included), the whole file where no single range holds; None if none fits."""
    whole = (0, size - 1)
    found = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first and not last:
        return whole
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else None
    begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < begin:
        return whole
    return (begin, end) if begin < size else None


def file_response(path: Path, place: tuple[int, int] | None, size: int, etag: str) -> HttpResponseBase:
    """The bytes of a file from first to last; 206 if that isn't all of it, 416 if there is nothing there."""
    response: HttpResponseBase
    if place is None:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last = place
    partly = (first, last) != (0, size - 1)
    response = StreamingHttpResponse(_bytes(path, first, last), status=206 if partly else 200)
    response["Content-Length"] = str(last - first + 1)
    if partly:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"], response["ETag"] = "bytes", etag
    return response


def _bytes(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (data := file.read(min(_AT_ONCE, left))):
            left -= len(data)
            yield data
