"""Sessions that end: unused for half an hour, twelve hours after the sign-in, or when somebody revokes them.

The limits live in the expiry of the session's row, so a session that is over can't be loaded at all.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.models import User

BEGAN, SEEN = "began", "seen"  # in the session's data, seconds since 1970
WRITE_AFTER = 60  # seconds; using a session costs one write a minute at most
BACKGROUND = "X-Background"  # on requests that a page makes by itself: they are no use by a person


class SessionStore(db.SessionStore):
    """Django's sessions in the database, whose rows expire at the earlier of the two limits."""

    def get_session_cookie_age(self) -> int:
        """Seconds from now until this session ends, if nobody uses it."""
        idle = int(settings.SESSION_COOKIE_AGE)
        began = self.get(BEGAN)
        left = idle if began is None else int(began + settings.SESSION_HOURS * 3600 - time.time())
        return max(1, min(idle, left))


class SessionLimits:
    """Notes when a signed-in session began and that it is used; the session's own middleware then saves it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; stamp the session if the request used it."""
        response = self.get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session:
            _stamp(session, by_person=BACKGROUND not in request.headers)
        return response


def _stamp(session: Any, *, by_person: bool) -> None:
    now = int(time.time())
    if BEGAN not in session:
        session[BEGAN] = session[SEEN] = now
    elif by_person and now - session.get(SEEN, 0) >= WRITE_AFTER:
        session[SEEN] = now


def end_sessions(*, user: User, but: str | None = None) -> int:
    """End all sessions of a person at once, but the one with this key; returns how many ended.

    Every live session is opened to see whose it is: there are as many as people who are signed in.
    """
    live = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but or "")
    keys = [row.session_key for row in live.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    return ended
