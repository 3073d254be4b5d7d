"""A request with an Idempotency-Key is done once: the answer is kept in the transaction of the change itself."""

import hashlib
import re
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scopes import WHOLE

from .access import scope_of
from .models import IdempotencyKey
from .problems import is_passing
from .refusals import BadKey, KeyReused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=7)
ATTEMPTS = 3
_KEY = re.compile(r"[ -~]{8,255}")

Method = Callable[..., Response]


class ShownOnce(Response):
    """An answer with secrets that are null when the answer is given again: it is kept without them."""

    def __init__(self, data: dict[str, Any], *, secrets: Collection[str], status: int) -> None:
        super().__init__(data, status=status)
        self.secrets = secrets

    def without_secret(self) -> bytes:
        """The body as it is kept."""
        body: bytes = JSONRenderer().render({**self.data, **dict.fromkeys(self.secrets)})
        return body


def changing(method: Method) -> Callable[..., HttpResponse]:
    """Run a view's method in one transaction, once per Idempotency-Key.

    A second request with the same key waits for the first and gets its answer, byte for byte. Where an answer has
    no content (204) nothing was changed, and nothing is kept; neither is a refusal.
    """
    return _once(method, transaction.atomic)


def acting_once(method: Method) -> Callable[..., HttpResponse]:
    """The same for a method that calls one act, which is a transaction by itself: without a key it needs no other."""
    return _once(method, nullcontext)


def _once(
    method: Method, without_key: Callable[[], AbstractContextManager[Any]]
) -> Callable[..., HttpResponse]:

    @wraps(method)
    def once(view: Any, request: Request, /, **kwargs: Any) -> HttpResponse:
        key, digest = _key_of(request), _digest_of(request)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with without_key() if key is None else transaction.atomic():
                    return _kept(request, key, digest) or _done(method, view, request, kwargs, key)
            except OperationalError as error:
                # The loser of a deadlock changed nothing, so it may simply begin again.
                if attempt == ATTEMPTS or not is_passing(error):
                    raise
        raise AssertionError("unreachable")

    return once


def forget_old_answers() -> int:
    """Delete the answers that nobody will ask for again; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _key_of(request: Request) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise BadKey()
    return key


def _digest_of(request: Request) -> bytes:
    # A token that is limited gets no answer that was kept for one that may more.
    limits = "" if (scope := scope_of(request)) == WHOLE else f"{scope.sentence()}\n"
    about = f"{request.method} {request.get_full_path()}\n{limits}".encode()
    return hashlib.sha256(about + request.body).digest()


def _kept(request: Request, key: str | None, digest: bytes) -> HttpResponse | None:
    """The answer that this key got before, if any; else the key is ours until the transaction ends."""
    if key is None or _reserved(request, key, digest):
        return None
    row = IdempotencyKey.objects.get(user=request.user.pk, key=key)
    if bytes(row.request_digest) != digest:
        raise KeyReused()
    response = HttpResponse(bytes(row.body or b""), status=row.status, content_type="application/json")
    response[REPLAYED] = "true"
    return response


def _reserved(request: Request, key: str, digest: bytes) -> bool:
    # Waits while another transaction holds the same key, then sees its row.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotencykey (user_id, key, request_digest, created_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (user_id, key) DO NOTHING",
            [request.user.pk, key, digest, timezone.now()],
        )
        return bool(cursor.rowcount)


def _done(
    method: Method, view: Any, request: Request, kwargs: dict[str, Any], key: str | None
) -> HttpResponse:
    answer = method(view, request, **kwargs)
    body = JSONRenderer().render(answer.data) if answer.data is not None else b""
    if key is not None:
        row = IdempotencyKey.objects.filter(user=request.user.pk, key=key)
        if answer.status_code == 204:
            row.delete()
        else:
            kept = answer.without_secret() if isinstance(answer, ShownOnce) else body
            row.update(status=answer.status_code, body=kept)
    response = HttpResponse(body, status=answer.status_code, content_type="application/json")
    for name, value in answer.headers.items():
        if name != "Content-Type":
            response[name] = value
    return response
