"""The two lines of versions: what readers must know, and how reads become truth."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import AnyObject, Input, Text, Truth
from api.idempotency import changing
from api.pagination import Cursor
from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.models import Acknowledgement, GuidelineVersion, ProtocolVersion, Version
from workflow.permissions import Kind, Verb, may
from workflow.versions import (
    acknowledge,
    draft_guideline,
    draft_protocol,
    publish_guideline,
    publish_protocol,
)

from .base import View, operation


class DocumentIn(Input):
    """A draft; it is checked when it is published."""

    document = AnyObject()


class PublishIn(Input):
    """What changed, in words, and whether labels mean something else now."""

    change_note = Text(max_length=2000)
    changes_meaning = Truth(required=False, default=True)


class VersionOut(serializers.Serializer[Any]):
    """A version without its document."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(Version.Status.choices)
    digest = serializers.CharField(source="content_id", allow_null=True)
    change_note = serializers.CharField()
    changes_meaning = serializers.BooleanField()
    published_at = serializers.DateTimeField(allow_null=True)


class GuidelineOut(VersionOut):
    """A guideline version, and whether the person who asks has acknowledged it."""

    acknowledged = serializers.BooleanField()


class WithDocument(serializers.Serializer[Any]):
    """The document itself: what was published under the digest, or the draft."""

    document = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_document(self, version: Version) -> Any:
        """The content once there is one."""
        return version.content.data if version.content else version.draft


class GuidelineDetailOut(GuidelineOut, WithDocument):
    """A guideline version with its document."""


class ProtocolDetailOut(VersionOut, WithDocument):
    """A protocol version with its document."""


def guidelines_for(acting: Acting) -> QuerySet[Any]:
    """The guideline versions that a member may see: drafts are for those who write and check them."""
    member = acting.person()
    done = Acknowledgement.objects.filter(member=member, guideline=OuterRef("pk"))
    rows = GuidelineVersion.objects.filter(project=member.project_id).annotate(acknowledged=Exists(done))
    if not may(member, Verb.SEE, Kind.GUIDELINE_DRAFT):
        rows = rows.exclude(status=GuidelineVersion.Status.DRAFT)
    return rows.select_related("project__log")


def protocols_for(acting: Acting) -> QuerySet[Any]:
    """The protocol versions of the member's project."""
    return ProtocolVersion.objects.filter(project=acting.person().project_id).select_related("project__log")


def numbered(rows: QuerySet[Any], number: int) -> Any:
    """One version by its number; NotFound if it isn't there to see."""
    version = rows.filter(number=number).first()
    if version is None:
        raise NotFound("There is no such version.")
    return version


class Guidelines(View):
    """A project's guideline versions."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("number",)

    @operation(operation_id="list_guideline_versions", responses=GuidelineOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The guideline versions, oldest first; drafts only for managers and auditors."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.GUIDELINE)
        return self.page(request, guidelines_for(acting).defer("draft"), GuidelineOut)

    @operation(
        operation_id="draft_guideline_version", request=DocumentIn, responses={201: GuidelineDetailOut}
    )
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Begin a new guideline version."""
        acting = acting_in_project(request, slug, Verb.DRAFT, Kind.GUIDELINE)
        document = self.given(request, DocumentIn)["document"]
        draft = draft_guideline(acting=acting, project=acting.person().project, document=document)
        return Response(GuidelineDetailOut(numbered(guidelines_for(acting), draft.number)).data, status=201)


class GuidelineDetail(View):
    """One guideline version."""

    @operation(operation_id="get_guideline_version", responses=GuidelineDetailOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """A guideline version with its document."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.GUIDELINE)
        return Response(GuidelineDetailOut(numbered(guidelines_for(acting), number)).data)


class PublishGuideline(View):
    """What readers work under."""

    @operation(operation_id="publish_guideline_version", request=PublishIn, responses=GuidelineOut)
    @changing
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Publish a draft, for ever; the version before is retired."""
        acting = acting_in_project(request, slug, Verb.PUBLISH, Kind.GUIDELINE)
        version = numbered(guidelines_for(acting), number)
        publish_guideline(acting=acting, version=version, **self.given(request, PublishIn))
        return Response(GuidelineOut(numbered(guidelines_for(acting), number)).data)


class AcknowledgeGuideline(View):
    """That somebody has read it."""

    @operation(operation_id="acknowledge_guideline_version", request=None, responses=GuidelineOut)
    @changing
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Say that you have read a guideline version; once is enough."""
        acting = acting_in_project(request, slug, Verb.ACKNOWLEDGE, Kind.GUIDELINE)
        acknowledge(acting=acting, guideline=numbered(guidelines_for(acting), number))
        return Response(GuidelineOut(numbered(guidelines_for(acting), number)).data)


class Protocols(View):
    """A project's protocol versions."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("number",)

    @operation(operation_id="list_protocol_versions", responses=VersionOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The protocol versions, oldest first."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.PROTOCOL)
        return self.page(request, protocols_for(acting).defer("draft"), VersionOut)

    @operation(operation_id="draft_protocol_version", request=DocumentIn, responses={201: ProtocolDetailOut})
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Begin a new protocol version."""
        acting = acting_in_project(request, slug, Verb.DRAFT, Kind.PROTOCOL)
        document = self.given(request, DocumentIn)["document"]
        draft = draft_protocol(acting=acting, project=acting.person().project, document=document)
        return Response(ProtocolDetailOut(draft).data, status=201)


class ProtocolDetail(View):
    """One protocol version."""

    @operation(operation_id="get_protocol_version", responses=ProtocolDetailOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """A protocol version with its document."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.PROTOCOL)
        return Response(ProtocolDetailOut(numbered(protocols_for(acting), number)).data)


class PublishProtocol(View):
    """What rounds are settled under."""

    @operation(operation_id="publish_protocol_version", request=PublishIn, responses=VersionOut)
    @changing
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Publish a draft, for ever; it must fit the published guideline."""
        acting = acting_in_project(request, slug, Verb.PUBLISH, Kind.PROTOCOL)
        version = numbered(protocols_for(acting), number)
        publish_protocol(acting=acting, version=version, **self.given(request, PublishIn))
        return Response(VersionOut(numbered(protocols_for(acting), number)).data)
