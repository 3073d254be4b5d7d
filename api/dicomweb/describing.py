"""How the OpenAPI document tells of DICOMweb: each address once, with the forms in which its answer can be had."""

import re
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api.schema import Schema

from .routes import ROUTES

_BY_ADDRESS: Final = {re.sub(r"<str:(\w+)>", r"{\1}", route): name for name, route in ROUTES.items()}
_ANY_JSON: Final[Any] = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


def _asked(name: str, description: str, kind: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description)


PAGE: Final = (
    _asked("limit", "How many results at most.", int),
    _asked("offset", "How many results to pass over.", int),
    _asked("includefield", "Attributes to return beside the usual, by keyword or tag; `all`."),
    _asked("fuzzymatching", "Not supported: answered with a Warning.", bool),
)
LOOK: Final = (
    _asked("window", "Centre and width, and linear, linear-exact or sigmoid."),
    _asked("viewport", "Columns and rows to fit into, and left, top, width, height of a part."),
    _asked("quality", "Of JPEG: 1 to 100.", int),
)


class DicomSchema(Schema):
    """Names an operation by its address; the view says in which `forms` it `gives` what."""

    def get_operation_id(self) -> str:
        """What is done there."""
        return _BY_ADDRESS[self.path.partition("/dicomweb/")[2]]

    def get_override_parameters(self) -> list[Any]:
        """The headers that every operation takes, and what this one is asked with."""
        return [*super().get_override_parameters(), *self._images().parameters]

    def get_response_serializers(self) -> Any:
        """JSON, or bytes of each form; nothing where nothing was found or nothing is new."""
        view = self._images()
        found: dict[Any, Any] = {(200, form): self._shape(form) for form in view.forms}
        if view.has_etag:
            return {**found, 304: OpenApiResponse(description="It is as it was.")}
        return {**found, 204: OpenApiResponse(description="Nothing matches.")}

    def _images(self) -> Any:
        """The view, of which the framework knows no more than that it is one."""
        return self.view

    def _shape(self, form: str) -> Any:
        return _ANY_JSON if form.endswith("json") else OpenApiTypes.BINARY


JSON_FORMS: Final = ("application/dicom+json", "application/json")
