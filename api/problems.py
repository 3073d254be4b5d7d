"""Every refusal as RFC 9457 problem+json: a stable code, a sentence, the place of each fault. Never a traceback."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from redis.exceptions import ConnectionError as BrokerAway
from rest_framework import exceptions
from rest_framework.response import Response

from audit.access import NotRecorded
from audit.canonical import FaultAt
from workflow.errors import (
    AccessNotRecorded,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    from_integrity_error,
)

from .authentication import CHALLENGE
from .faults import faults_of
from .middleware import PLACE
from .refusals import BrokerGone, Busy, Conflict, DatabaseGone, Internal, TooLarge

MEDIA_TYPE = "application/problem+json"
TYPE = "/api/v1/docs#problem-"
SECONDS_UNTIL_RETRY = 5
DEADLOCK, NOT_SERIALIZABLE, LOCK_TIMEOUT = "40P01", "40001", "55P03"

log = logging.getLogger(__name__)


def handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to anything that a view raises."""
    request = context["request"]
    body = as_problem(error)
    if body["status"] >= 500:
        log.error("a request failed", exc_info=error)
    body["instance"] = f"urn:uuid:{request.META.get(PLACE, '')}"
    return Response(body, status=body["status"], headers=_headers(error, body), content_type=MEDIA_TYPE)


def as_problem(error: Exception) -> dict[str, Any]:
    """What is told of an error."""
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    refusal = error if isinstance(error, DomainError) else _domain_error(error)
    return problem(refusal.code, refusal.status, refusal.detail, **refusal.extra)


def problem(code: str, status: int, detail: str, **extra: Any) -> dict[str, Any]:
    """The members of a problem document; `title` is the code in words."""
    title = code.replace("_", " ").capitalize()
    return {
        "type": f"{TYPE}{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }


def _of_framework(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return as_problem(InvalidInput(faults_of(error.detail)))
    code = str(getattr(error.detail, "code", error.default_code))
    extra = {"faults": error.faults} if hasattr(error, "faults") else {}
    return problem(RENAMED.get(code, code), error.status_code, str(error.detail), **extra)


# The framework's words for what we have a word for already.
RENAMED = {"permission_denied": "not_allowed", "parse_error": "not_json"}


def _domain_error(error: Exception) -> DomainError:
    match error:
        case Http404() | ObjectDoesNotExist():
            return NotFound()
        case PermissionDenied():
            return NotAllowed()
        case RequestDataTooBig():
            return TooLarge()
        case NotRecorded():
            return AccessNotRecorded()
        case IntegrityError():
            return from_integrity_error(error) or Conflict()
        case FaultAt():
            return InvalidInput(
                [{"path": error.pointer, "code": "not_storable", "message": f"It has {error.reason}."}]
            )
        case DataError():
            return InvalidInput([], "Some of what you sent is too long or too large to be stored.")
        case OperationalError() | InterfaceError():
            return Busy() if is_passing(error) else DatabaseGone()
        case BrokerAway():
            return BrokerGone()
        case _:
            return Internal()


def is_passing(error: Exception) -> bool:
    """Whether the database refused only because of what others did at that moment: trying again may work."""
    return getattr(error.__cause__, "sqlstate", None) in (DEADLOCK, NOT_SERIALIZABLE, LOCK_TIMEOUT)


def _headers(error: Exception, body: dict[str, Any]) -> dict[str, str]:
    headers = {}
    if body["status"] == 401:
        headers["WWW-Authenticate"] = str(getattr(error, "auth_header", CHALLENGE))
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    elif body["status"] == 503:
        headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    if isinstance(error, exceptions.MethodNotAllowed) and (allow := getattr(error, "allow", None)):
        headers["Allow"] = allow
    return headers
