"""Urgent and incidental findings: reported from a task, seen and acknowledged by the safety contact."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_report, acting_on_task, memberships_of, reports_open_to
from api.fields import Input, Text
from api.idempotency import changing
from api.origins import acting_as
from api.pagination import Cursor
from api.results import TokenIn
from tasks.reporting import report
from workflow.models import SafetyReport
from workflow.permissions import Kind, Verb
from workflow.safety import LONGEST, acknowledge_finding
from workflow.seeing import saw_case, saw_lists

from .base import View, operation


class ReportIn(TokenIn):
    """What somebody must know of now."""

    kind = serializers.ChoiceField(SafetyReport.Kind.choices)
    text = Text(max_length=LONGEST)


class NoteIn(Input):
    """What was done about it."""

    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class SafetyFilter(Input):
    """Which reports: `open` for those that nobody has acknowledged."""

    project = serializers.SlugField(required=False)
    open = serializers.BooleanField(required=False, default=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class ReportedOut(serializers.ModelSerializer[SafetyReport]):
    """That a report was made, and by when somebody must take note of it."""

    class Meta:
        model = SafetyReport
        fields: tuple[str, ...] = ("id", "kind", "reported_at", "acknowledge_by")


class SafetyReportOut(ReportedOut):
    """A report with its words and its case. The safety contact must be able to find the patient."""

    project = serializers.CharField(source="case.project.slug")
    case_id = serializers.UUIDField()
    external_ref = serializers.CharField(source="case.external_ref")
    text = serializers.SerializerMethodField()
    reported_by = serializers.CharField(source="reporter.user.get_full_name")
    acknowledged_at = serializers.DateTimeField(
        source="acknowledged_event.db_time", default=None, allow_null=True
    )
    acknowledged_by = serializers.CharField(
        source="acknowledged_by.user.get_full_name", default=None, allow_null=True
    )
    overdue = serializers.SerializerMethodField()

    class Meta(ReportedOut.Meta):
        fields = (
            *ReportedOut.Meta.fields,
            *("project", "case_id", "external_ref", "text", "reported_by"),
            *("acknowledged_at", "acknowledged_by", "overdue"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, found: Any) -> str | None:
        """The words; null once they were erased."""
        words: str | None = found.words
        return words

    def get_overdue(self, found: SafetyReport) -> bool:
        """Whether the managers were told that nobody acknowledged it in time."""
        return found.escalated_event_id is not None


class ReportFinding(View):
    """Urgent or incidental."""

    @operation(operation_id="report_finding", request=ReportIn, responses={201: ReportedOut})
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Tell the safety contact of a finding in the case at hand. No other reader learns of it."""
        acting = acting_on_task(request, task_id, Verb.REPORT, Kind.SAFETY_REPORT)
        made = report(acting=acting, task_id=task_id, **self.given(request, ReportIn))
        return Response(ReportedOut(made).data, status=201)


class SafetyReports(View):
    """Reports in a list."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("reported_at", "id")

    @operation(
        operation_id="list_safety_reports",
        parameters=[SafetyFilter],
        responses=SafetyReportOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The reports of your projects, if you are their safety contact, manager or auditor; oldest first."""
        asked = self.asked(request, SafetyFilter)
        saw_lists(memberships_of(request), Kind.SAFETY_REPORT, partial(acting_as, request))
        rows = reports_open_to(request)
        if asked.get("project"):
            rows = rows.filter(case__project__slug=asked["project"])
        if asked["open"]:
            rows = rows.filter(acknowledged_by=None)
        return self.page(request, rows, SafetyReportOut)


class SafetyReportDetail(View):
    """One report."""

    @operation(operation_id="get_safety_report", responses=SafetyReportOut)
    def get(self, request: Request, report_id: UUID) -> Response:
        """A report with its words and its case."""
        acting = acting_on_report(request, report_id, Verb.SEE)
        report = reports_open_to(request).get(pk=report_id)
        saw_case(acting, report.case_id)
        return Response(SafetyReportOut(report).data)


class AcknowledgeReport(View):
    """That somebody took note."""

    @operation(operation_id="acknowledge_safety_report", request=NoteIn, responses=SafetyReportOut)
    @changing
    def post(self, request: Request, report_id: UUID) -> Response:
        """Take note of a report, as the project's safety contact."""
        acting = acting_on_report(request, report_id, Verb.ACKNOWLEDGE)
        acknowledge_finding(acting=acting, report_id=report_id, **self.given(request, NoteIn))
        return Response(SafetyReportOut(reports_open_to(request).get(pk=report_id)).data)
