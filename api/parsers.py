"""The only way in for a request's body."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from . import exact


class Inexact(ParseError):
    """The body could be read in more than one way."""

    def __init__(self, fault: exact.NotExact) -> None:
        super().__init__(fault.message, fault.code)
        self.faults = [{"path": fault.path, "code": fault.code, "message": fault.message}]


class ExactJSONParser(BaseParser):
    """JSON in UTF-8 as `api.exact` reads it, up to DATA_UPLOAD_MAX_MEMORY_SIZE bytes."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body's value; ParseError if it isn't exact."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(most + 1)
        if len(data) > most:
            raise RequestDataTooBig
        try:
            return exact.parse(data)
        except exact.NotExact as fault:
            raise Inexact(fault) from None
