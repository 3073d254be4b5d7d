"""Further frames of a series that a reader has open, by one statement and one read of the file.

The first frame goes the whole way (frame_views.py) and leaves a grant: where the images lie, and under which names.
The statement records the access and asks again whether the task is theirs; so what takes it from them acts at once.
Whatever is out of the ordinary goes the whole way: no grant, another form, a condition, a file that is gone.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from accounts.models import Token
from accounts.origins import REQUEST_ID
from audit.access import NotRecorded
from imaging.web.frames import PLAIN_SYNTAX, reading
from tasks.seeing import frame_seen
from workflow.images.serving import file_of
from workflow.models import Instance

from .accepting import Offer
from .answers import Access, answered, seen_of
from .doors import Door
from .grants import GRANTS, SERIES, Grant, Lying, key_of
from .messages import frame_answer

_FRAME: Final = re.compile(
    r"(/api/v1/dicomweb/(?:[^/]+/[^/]+/)?studies/[0-9.]+/series/[0-9.]+)/instances/([0-9.]+)/frames/([1-9][0-9]{0,4})"
)

BY_LINK: Final = "/api/v1/dicomweb/links/"  # whose paths hold a token


class QuickFrames:
    """Answers what a grant answers; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        asked = _FRAME.fullmatch(request.path) if request.method == "GET" else None
        if asked is None or request.META.get("QUERY_STRING") or "HTTP_IF_NONE_MATCH" in request.META:
            return self.get_response(request)
        grant = GRANTS.get(key_of(request, asked[1]))
        image = grant.images.get(asked[2]) if grant else None
        if grant is None or image is None or int(asked[3]) > len(image.file.ranges):
            return self.get_response(request)
        return _frame(request, grant, image, int(asked[3])) or self.get_response(request)


def grant_series(
    request: Request, door: Door, row: Instance, access: Access, offer: Offer, series: str
) -> None:
    """Let further frames of the series of an image go out to a task's holder as this one did; `series`: as shown."""
    asked = _FRAME.fullmatch(request.path)
    if request.method != "GET" or asked is None or door.task_id is None:
        return
    known = (door.task_id, row.series_id, door.etag(""))
    images = SERIES.get(known)
    if images is None or asked[2] not in images:
        rows = door.instances(series=series)
        images = {door.shown(one.uid): Lying(one.pk, one.digest, file_of(one)) for one in rows}
        SERIES.put(known, images)
    token = request.auth.pk if isinstance(request.auth, Token) else None
    session = None if token else request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    seen, holder = seen_of(door, access), door.acting.person().pk
    grant = Grant(images, seen, door.etag, offer, holder, token, session)
    GRANTS.put(key_of(request._request, asked[1]), grant)


def _frame(request: HttpRequest, grant: Grant, image: Lying, number: int) -> HttpResponseBase | None:
    seen = replace(grant.seen, instance=image.key, request=request.META[REQUEST_ID])
    try:
        with reading(image.file) as frames:
            if grant.offer.syntax not in (frames.syntax, PLAIN_SYNTAX):
                return None  # it is stored otherwise than the one that was granted by
            data = frames.given(number, grant.offer.syntax)
        if not frame_seen(seen, number, holder=grant.holder, token=grant.token, session=grant.session):
            return None
    except (OSError, NotRecorded):
        return None
    etag = grant.etag("frames", str(grant.offer), str(number), image.digest)
    address = request.build_absolute_uri(request.path)
    response = answered(request, frame_answer(grant.offer, data, etag, address))
    if request.path.startswith(BY_LINK):
        response["Referrer-Policy"] = "no-referrer"
    return response
