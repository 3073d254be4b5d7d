"""The OpenAPI document, and the same as a page that needs nothing from elsewhere: no script, no foreign host."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from workflow.errors import DomainError, NotFound

from .base import View

TEMPLATE = Path(__file__).parent.parent / "templates"
METHODS = ("get", "post", "put", "patch")


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI 3.1 document."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Unknown(View):
    """Every other address below /api/."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """There is nothing here, whatever the method."""
        raise NotFound("There is no such address. /api/v1/docs lists all.")

    def get(self, request: Request, rest: str) -> Response:
        """Never reached."""
        raise AssertionError


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, bodies and answers, and every problem with its sentence."""
    return HttpResponse(_page())


@lru_cache(maxsize=1)
def _page() -> str:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    engine = Engine(dirs=[str(TEMPLATE)], autoescape=True)
    return engine.get_template("docs.html").render(
        Context({"info": document["info"], "operations": _operations(document), "problems": _problems()})
    )


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found.append({"method": method.upper(), "path": path, **_about(document, methods[method])})
    return found


def _about(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    bodies = operation.get("requestBody", {}).get("content", {})
    body, others = bodies.get("application/json", {}), [kind for kind in bodies if "json" not in kind]
    answers = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    shapes = [
        answer.get("content", {}).get("application/json", {}).get("schema") for answer in answers.values()
    ]
    return {
        "id": operation["operationId"],
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []),
        "body": _lines(document, body.get("schema"), 0) or [f"bytes, of type {kind}" for kind in others],
        "answer": _lines(document, next((shape for shape in shapes if shape), None), 0),
        "codes": [
            {"code": code, "words": r.get("description", "")} for code, r in operation["responses"].items()
        ],
    }


def _lines(document: dict[str, Any], shape: Any, depth: int) -> list[str]:
    """A shape as indented lines, one for each member."""
    if not isinstance(shape, dict) or depth > 6:
        return []
    if "$ref" in shape:
        return _lines(document, document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]], depth)
    lines = [line for part in shape.get("allOf", []) for line in _lines(document, part, depth)]
    choices = [_lines(document, part, depth) for part in shape.get("oneOf") or shape.get("anyOf") or []]
    for number, choice in enumerate(filter(None, choices)):
        lines += [f"{'    ' * depth}or:", *choice] if number else choice
    if "items" in shape:
        lines += _lines(document, shape["items"], depth)
    for name, member in shape.get("properties", {}).items():
        must = "" if name in shape.get("required", []) else "?"
        lines.append(f"{'    ' * depth}{name}{must}: {_kind(document, member)}")
        lines += _lines(document, member, depth + 1)
    return lines


def _kind(document: dict[str, Any], shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return _kind(document, document["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]])
    if "enum" in shape:
        return " | ".join("null" if value is None else str(value) for value in shape["enum"] if value != "")
    if parts := shape.get("oneOf") or shape.get("allOf") or shape.get("anyOf"):
        return " | ".join(dict.fromkeys(_kind(document, part) for part in parts))
    if shape.get("type") == "array":
        return f"[{_kind(document, shape.get('items', {}))}]"
    kind = shape.get("type", "any")
    return shape.get("format") or (" | ".join(kind) if isinstance(kind, list) else kind)


def _problems() -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    todo: list[type[DomainError]] = [DomainError]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        found[kind.code] = {"code": kind.code, "status": kind.status, "words": kind.__doc__}
    return [found[code] for code in sorted(found)]
