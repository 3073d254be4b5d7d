"""A file in pieces: one range of bytes (RFC 9110 §14), so that a download can go on where it broke off."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, StreamingHttpResponse

from .refusals import NoSuchRange

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_AT_ONCE = 1 << 20


def asked_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int]:
    """First and last byte asked for, both included; all of it unless one range is asked. NoSuchRange past its end."""
    whole = (0, size - 1)
    found = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first and not last:
        return whole
    begin = int(first) if first else max(0, size - int(last))
    if begin >= size:
        raise NoSuchRange(size=size)
    end = min(int(last), size - 1) if first and last else size - 1
    return (begin, end) if begin <= end else whole


def file_response(path: Path, place: tuple[int, int], size: int, etag: str) -> StreamingHttpResponse:
    """The bytes of a file from first to last; 206 if that isn't all of it."""
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
