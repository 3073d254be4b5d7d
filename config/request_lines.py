"""One log line and one measurement per request, by the route's name: a path could hold ids and references."""

import logging
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from accounts.origins import REQUEST_ID
from api.metrics import observe

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES: Final = frozenset({"healthz", "readyz", "metrics"})
log = logging.getLogger(__name__)


class RequestLineMiddleware:
    """Stands right inside the one that names the request, so that whatever is logged meanwhile carries the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then say how it went."""
        clear_contextvars()
        bind_contextvars(request_id=request.META.get(REQUEST_ID))
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            _tell(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            clear_contextvars()


def route_of(request: HttpRequest) -> str:
    """The name of the address in urls.py; `unmatched` where there is none."""
    match = request.resolver_match
    return match.view_name if match else "unmatched"


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in METHODS else "OTHER"
    route = route_of(request)
    observe(method=str(method), route=route, status=status, seconds=seconds)
    level = logging.DEBUG if route in PROBES else logging.ERROR if status >= 500 else logging.INFO
    about = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    log.log(level, "request", extra=about)
