"""Provenance bundles: asked for, watched, downloaded in as many pieces as the line allows."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Id, Input
from api.idempotency import changing
from api.pagination import Cursor
from api.ranges import asked_range, file_response
from provenance.errors import ExportGone, ExportNotReady
from provenance.exporting import MOST_CASES, request_export
from provenance.keeping import kept_until
from provenance.labels_out.formats import FORMATS
from provenance.models import Export
from provenance.packing import file_of
from provenance.queries import exports_of, note_of, project_of
from provenance.recording import record_download
from workflow.acting import Acting
from workflow.permissions import Kind, Verb

from .base import View, operation

BYTES = "application/octet-stream"  # a ZIP file; made clients know how to keep this type


class ExportIn(Input):
    """What is wanted; `cases` only for a subset, which without them has every case with a label.

    `labels` is no bundle but the reference labels as DICOM SR and SEG, NIfTI and COCO: all of them, or `formats`.
    """

    profile = serializers.ChoiceField(Export.Profile.choices, required=False, default=Export.Profile.FULL)
    cases = serializers.ListField(child=Id(), required=False, max_length=MOST_CASES)
    formats = serializers.ListField(
        child=serializers.ChoiceField(list(FORMATS.items())), required=False, max_length=len(FORMATS)
    )


class ExportOut(serializers.ModelSerializer[Export]):
    """An export: how far it is (`progress` in thousandths), and once it is ready its size, digest and checkpoint."""

    project = serializers.CharField(source="project.slug")
    checkpoint = serializers.SerializerMethodField()
    sha256 = serializers.CharField(allow_blank=True)
    kept_until = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields: tuple[str, ...] = (
            *(
                "id",
                "project",
                "profile",
                "formats",
                "state",
                "progress",
                "leaves",
                "size",
                "sha256",
                "checkpoint",
            ),
            *("fault_code", "fault", "requested_at", "finished_at", "kept_until"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_checkpoint(self, export: Export) -> str | None:
        """The signed note that the bundle is pinned to: keep it, and hold every later bundle against it."""
        return note_of(export)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_kept_until(self, export: Export) -> datetime | None:
        """When the file is deleted; null before there is one, once it is gone, or if it is kept for ever."""
        return kept_until(export)


class Exports(View):
    """A project's exports."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("requested_at", "id")

    @operation(operation_id="list_exports", responses=ExportOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The exports that were asked for, oldest first."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.BUNDLE)
        return self.page(request, exports_of(acting.person().project), ExportOut)

    @operation(operation_id="request_export", request=ExportIn, responses={202: ExportOut})
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Ask for a bundle. It is packed in the background, pinned to the checkpoint that covers this export."""
        acting = acting_in_project(request, slug, Verb.EXPORT, Kind.BUNDLE)
        project = acting.person().project
        export = request_export(acting=acting, project=project, **self.given(request, ExportIn))
        return Response(ExportOut(exports_of(project).get(pk=export.pk)).data, status=202)


class ExportDetail(View):
    """One export."""

    @operation(operation_id="get_export", responses=ExportOut)
    def get(self, request: Request, export_id: UUID) -> Response:
        """How far an export is, and its digest and checkpoint once it is ready."""
        _, export = exporting(request, export_id, Verb.SEE)
        return Response(ExportOut(export).data)


class _AsIs(BaseContentNegotiation):
    """A file is what it is, whatever is accepted; problems are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class DownloadExport(View):
    """The bundle itself."""

    content_negotiation_class = _AsIs
    problems: ClassVar[frozenset[int]] = frozenset({409, 410, 416})

    @operation(
        operation_id="download_export",
        parameters=[OpenApiParameter("Range", str, "header", description="One range of bytes.")],
        responses={(code, BYTES): OpenApiTypes.BINARY for code in (200, 206)},
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        """The ZIP file, or the range of it that is asked for. Its ETag is its SHA-256; each download is an event."""
        acting, export = exporting(request, export_id, Verb.DOWNLOAD)
        path = file_of(export.pk)
        if export.state == Export.State.EXPIRED:
            raise ExportGone()
        if export.state != Export.State.READY or export.size is None:
            raise ExportNotReady()
        if not path.exists():
            raise ExportGone()
        etag = f'"{export.sha256}"'
        place = asked_range(request, export.size, etag)
        if request.method == "GET":
            record_download(acting=acting, export=export, first=place[0], last=place[1])
        response = file_response(path, place, export.size, etag)
        name = f"{export.project.slug}-{export.leaves}-{export.profile}.zip"
        response["Content-Type"] = BYTES
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response


def exporting(request: Request, export_id: UUID, verb: Verb) -> tuple[Acting, Export]:
    """The person as a member who may do this with an export, and the export; NotFound for an outsider."""
    acting = acting_in_project(request, project_of(export_id), verb, Kind.BUNDLE)
    return acting, exports_of(acting.person().project).get(pk=export_id)
