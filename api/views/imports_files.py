"""The files of an import: announced by their sizes, sent in pieces, known by their numbers."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input, Whole
from api.idempotency import changing
from api.importfile import ImportFileOut
from api.pagination import Cursor
from api.pieces import BYTES, OFFSET, offset_of, piece_of
from tasks.importing.queries import files_of
from workflow.images.receiving import LARGEST_PIECE, MOST_ANNOUNCED, announce, import_of, receive
from workflow.models import ImportFile
from workflow.permissions import Kind, Verb

from .base import View, operation


class FilesIn(Input):
    """The size of each file in bytes, in the order in which they are numbered."""

    sizes = serializers.ListField(child=Whole(), max_length=MOST_ANNOUNCED)


class AnnouncedOut(serializers.Serializer[Any]):
    """The files with their numbers, in the order of the sizes."""

    files = ImportFileOut(many=True)


class FilesFilter(Input):
    """Which files."""

    state = serializers.MultipleChoiceField(choices=ImportFile.State.choices, required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class ImportFiles(View):
    """The files of an import."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("number", "member")

    @operation(operation_id="list_import_files", parameters=[FilesFilter], responses=ImportFileOut(many=True))
    def get(self, request: Request, slug: str, import_id: UUID) -> Response:
        """Row by row: how much of each file is here, and what became of it."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.IMPORT)
        rows, asked = (
            files_of(import_of(acting.person().project, import_id)),
            self.asked(request, FilesFilter),
        )
        if asked.get("state"):
            rows = rows.filter(state__in=asked["state"])
        return self.page(request, rows, ImportFileOut)

    @operation(operation_id="announce_import_files", request=FilesIn, responses={201: AnnouncedOut})
    @changing
    def post(self, request: Request, slug: str, import_id: UUID) -> Response:
        """Say which files will come. Their names stay with you: they may hold a patient's name."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
        batch = import_of(acting.person().project, import_id)
        files = announce(acting=acting, batch=batch, **self.given(request, FilesIn))
        return Response(AnnouncedOut({"files": files}).data, status=201)


class OneFile(View):
    """One file of an import."""

    problems: ClassVar[frozenset[int]] = frozenset({400, 409, 411, 413, 415, 507})

    @operation(operation_id="get_import_file", responses=ImportFileOut)
    def get(self, request: Request, slug: str, import_id: UUID, number: int) -> Response:
        """How much of a file is here: whose line broke goes on from `received`."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.IMPORT)
        batch = import_of(acting.person().project, import_id)
        return Response(ImportFileOut(files_of(batch).get(number=number, member=0)).data)

    @operation(
        operation_id="send_import_file",
        parameters=[
            OpenApiParameter(
                OFFSET,
                int,
                "header",
                required=True,
                description="Where in the file this piece begins, in bytes.",
            )
        ],
        request={BYTES: OpenApiTypes.BINARY},
        responses=ImportFileOut,
    )
    def put(self, request: Request, slug: str, import_id: UUID, number: int) -> Response:
        """Send a piece of up to 8 MiB. If it doesn't follow the last one, `wrong_offset` says how much is here."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
        batch, offset = import_of(acting.person().project, import_id), offset_of(request)
        with piece_of(request, LARGEST_PIECE) as pieces:
            file = receive(acting=acting, batch=batch, number=number, offset=offset, pieces=pieces)
        return Response(ImportFileOut(file).data)
