"""A name for every request: the caller's own if it is a UUID, else a new one; logged, and sent back."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse

from accounts.origins import REQUEST_ID

HEADER = "X-Request-ID"
PLACE = REQUEST_ID


class RequestIdMiddleware:
    """Gives each request its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request, answer it, and put the name on the answer."""
        request.META[PLACE] = _as_uuid(request.headers.get(HEADER, "")) or str(uuid4())
        response = self.get_response(request)
        response[HEADER] = request.META[PLACE]
        return response


def _as_uuid(text: str) -> str | None:
    try:
        return str(UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None
