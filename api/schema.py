"""The OpenAPI document: every operation says which problems it may answer with, and takes the common headers."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from .idempotency import HEADER
from .problems import MEDIA_TYPE

WORDS = {
    400: "The body is not exact JSON, or a header has the wrong form.",
    401: "Nobody is signed in, or the token is unknown, expired or revoked.",
    403: "The person may not do this, or the token is limited and may not (`token_scope`).",
    404: "There is no such thing here, or it isn't theirs to see.",
    406: "The answer can only be had as JSON.",
    409: "It can't be done as things stand now.",
    410: "It was there once and is no longer kept.",
    411: "The request doesn't say how long its body is.",
    413: "The body is too large.",
    415: "The body is not of the type that is taken here, mostly application/json.",
    416: "The file ends before the bytes that were asked for.",
    422: "Some of what was sent isn't right; `faults` lists where.",
    429: "Too many attempts; see Retry-After.",
    500: "Something went wrong on our side.",
    503: "A part of the service can't be reached; see Retry-After.",
    507: "There is no room left for it.",
}
CHANGES = ("POST", "PATCH")
ANY, READING, CHANGING = (406, 500, 503), (422,), (400, 409, 413, 415, 422)


class FaultOut(serializers.Serializer[Any]):
    """One thing that is wrong, and where: a JSON pointer into the body, or `?name` of a query parameter."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """A refusal (RFC 9457). `code` is stable; `detail` is a sentence for a person."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    instance = serializers.CharField()
    faults = FaultOut(many=True, required=False)


class Schema(AutoSchema):
    """The framework's description of a view, with our problems and headers."""

    def get_override_parameters(self) -> list[Any]:
        """The headers that every operation takes."""
        taken = [_header("X-Request-ID", "A UUID for this request; it is logged, and sent back.", "uuid")]
        if self.method in CHANGES and self._is_closed():
            taken.append(_header(HEADER, "8 to 255 printable characters; the request is done once for each."))
        return taken

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """What clients call a form: a `CaseOut` is a Case."""
        return super().get_serializer_name(serializer, direction).removesuffix("Out")

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code in sorted(self._problems()):
            answer = OpenApiResponse(ProblemOut, WORDS[code])
            told = self._get_response_for_code(answer, str(code), [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
            bodies[str(code)] = told
        return bodies

    def _problems(self) -> set[int]:
        found = {*ANY, *(CHANGING if self.method in CHANGES else READING)}
        if self._is_closed():
            found |= {401, 403, 404}
        found |= getattr(self.view, "problems", frozenset())
        return found | ({401, 403, 429} if self.view.get_throttles() else set())

    def _is_closed(self) -> bool:
        return not any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())


def _header(name: str, description: str, form: str = "") -> OpenApiParameter:
    schema: Any = {"type": "string", "format": form} if form else {"type": "string"}
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)
