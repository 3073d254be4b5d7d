"""Answers: marked by an ETag, kept privately, recorded before their first byte, streamed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from audit.access import Code, Seen, record
from tasks.served import AHEAD as AHEAD
from workflow.seeing import seen_by

from .doors import Door
from .kept import Kept

FOR_EVER: Final = "private, max-age=31536000, immutable"
BRIEFLY: Final = "private, max-age=60"
ANEW: Final = "private, no-cache"
VARIES: Final = "Accept, Authorization, Cookie"
FRAMES: Final = "frames"
_REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Access:
    """What is about to be seen of what: stored UIDs, the row of an image, its frames counted from 1."""

    code: Code
    what: str
    case_id: UUID | None = None
    study: str = ""
    series: str = ""
    instance: UUID | None = None
    frames: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: its type, its mark, how long it may be kept, and its bytes or what gives them in pieces."""

    content_type: str
    body: bytes | Callable[[], Iterable[bytes]]
    etag: str = ""
    kept: str = ANEW
    status: int = 200
    more: dict[str, str] = field(default_factory=dict)


def give(request: HttpRequest, door: Door, access: Access, answer: Answer) -> HttpResponseBase:
    """Record the access, then answer; 304 to whoever has it already. NotRecorded keeps everything back.

    Whoever asks for the headers alone (HEAD) has seen nothing, and nothing is recorded.
    """
    recorded(request, door, access)
    return answered(request, answer)


def recorded(request: HttpRequest, door: Door, access: Access) -> None:
    """Write down what is about to be seen; NotRecorded if it can't be."""
    if request.method != "HEAD":
        _record(door, access)


def answered(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """An answer that is recorded already."""
    response: HttpResponseBase
    if answer.etag and _has(request, answer.etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    elif request.method == "HEAD":
        response = HttpResponse(status=answer.status, content_type=answer.content_type)
    elif isinstance(answer.body, bytes):
        response = HttpResponse(answer.body, content_type=answer.content_type, status=answer.status)
        response["Content-Length"] = str(len(answer.body))
    else:
        response = StreamingHttpResponse(
            answer.body(), content_type=answer.content_type, status=answer.status
        )
    return _marked(response, answer)


def _marked(response: HttpResponseBase, answer: Answer) -> HttpResponseBase:
    response["Cache-Control"], response["Vary"] = answer.kept, VARIES
    if answer.etag:
        response["ETag"] = f'"{answer.etag}"'
    for name, value in answer.more.items():
        response[name] = value
    return response


def _has(request: HttpRequest, etag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known == "*" or f'"{etag}"' in known


def seen_of(door: Door, access: Access) -> Seen:
    """What the access log says of it: who comes through which door, from which request."""
    return seen_by(
        door.acting,
        access.what,
        code=access.code,
        case_id=door.case_id or access.case_id,
        task_id=door.task_id,
        study=access.study,
        series=access.series,
        instance=access.instance,
        frames=access.frames,
    )


def _record(door: Door, access: Access) -> None:
    seen = seen_of(door, access)
    if access.what not in (FRAMES, AHEAD):
        record(seen)
        return
    key = (seen.log_id, seen.actor, seen.task_id, seen.series, seen.what)
    record(seen, durably=not _RECORDED.get(key))
    _RECORDED.put(key, True)


# The series of which this process recorded an access: further frames of them need not wait for the disk.
_RECORDED: Final[Kept[object, bool]] = Kept(_REMEMBERED)
