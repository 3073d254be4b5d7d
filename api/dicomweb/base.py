"""What the views of DICOMweb share: the doors of their address, what is found behind them, and addresses for it."""

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from api.access import scope_of
from api.views.base import View
from workflow.errors import NotFound
from workflow.images.serving import GONE, file_of
from workflow.models import Instance

from .describing import DicomSchema
from .doors import Door, doors

Where = dict[str, Any]  # the parts of an address that lead to doors: slug, task_id, token
_ROOT: Final = re.compile(r".*?/dicomweb(/(projects|tasks|links)/[^/]+)?(?=/(studies|series|instances))")


class AsTheyAsk(BaseContentNegotiation):
    """Each view negotiates by itself; problems are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The only one."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """The one for problems."""
        return renderers[0], renderers[0].media_type


class Images(View):
    """An address of DICOMweb, below any of its roots."""

    schema = DicomSchema()
    content_negotiation_class = AsTheyAsk
    forms: ClassVar[tuple[str, ...]] = ()  # media types of what it gives
    parameters: ClassVar[Sequence[OpenApiParameter]] = ()
    has_etag: ClassVar[bool] = True
    ahead: ClassVar[bool] = False  # whether it is given of a task that is kept ahead, too
    problems: ClassVar[frozenset[int]] = frozenset({400, 409})

    def task_of(self, request: Request, kwargs: Where) -> UUID | None:
        """The one task that the address is of: by its id, or by the token of a link to it."""
        return scope_of(request).task if "token" in kwargs else super().task_of(request, kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer; who is led on from an address that holds a token isn't told the address."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        if "token" in kwargs:
            finished["Referrer-Policy"] = "no-referrer"
        return finished

    def found(
        self, request: Request, where: Where, study: str, series: str = "", instance: str = ""
    ) -> tuple[Door, list[Instance]]:
        """The images of a study, a series, or one, and the first door that leads to them; NotFound for none."""
        for door in doors(request, where):
            if rows := list(door.instances(study, series, instance)):
                return door, rows
        raise NotFound()

    def one(
        self, request: Request, where: Where, study: str, series: str, instance: str
    ) -> tuple[Door, Instance]:
        """One image, and the door behind which it is; NotFound if there is none."""
        for door in doors(request, where, ahead=self.ahead):
            if (row := door.image(study, series, instance)) is not None:
                return door, row
        raise NotFound()


def here(rows: list[Instance]) -> None:
    """NotFound if the stored file of any of them is gone: half an answer would look like a whole one."""
    if not all(file_of(row).path.is_file() for row in rows):
        raise NotFound(GONE)


def addresses(request: HttpRequest) -> Callable[..., str]:
    """Gives the URL of a study, a series, an image by their UIDs as shown, below the root of this request."""
    root = _ROOT.match(request.path)
    assert root is not None, "no address of DICOMweb"
    begin = request.build_absolute_uri(root[0])

    def address(*uids: str) -> str:
        names = ("studies", "series", "instances")
        return begin + "".join(f"/{name}/{uid}" for name, uid in zip(names, uids, strict=False))

    return address
