"""One-time passwords: whoever was given one chooses a password of their own before anything else."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User

CHANGE: Final = "account_change_password"
OPEN: Final = frozenset({CHANGE, "account_logout", "healthz", "readyz", "metrics"})
API: Final = "/api/"  # answers by itself, with a problem instead of a page


class OwnPasswordFirst:
    """Leads whoever is signed in by a one-time password to the page on which they choose their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """The way to that page, or None to go on."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(API):
            return None
        if request.resolver_match is None or request.resolver_match.url_name in OPEN:
            return None
        return redirect(CHANGE) if getattr(request.user, "password_is_one_time", False) else None


def end_one_time_password(user: User) -> None:
    """Whoever comes through the house's provider needs none: the one that somebody else knows opens nothing more."""
    if user.password_is_one_time:
        user.set_unusable_password()
        user.password_is_one_time = False
        user.save(update_fields=["password", "password_is_one_time"])
