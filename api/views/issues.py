"""What readers ask managers about cases: raised from a task, listed for managers, answered once."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project, acting_on_case, acting_on_task
from api.fields import AnyObject, Input, Text
from api.idempotency import changing
from api.pagination import Cursor
from api.results import TokenIn
from tasks.issues import LONGEST, answer_issue, issues_open_to, raise_issue
from tasks.models import Issue
from tasks.pictures import picture_from
from workflow.errors import NotFound
from workflow.models import Case
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_case, saw_list

from .base import View, operation


class IssueIn(TokenIn):
    """What the manager should know of the case at hand."""

    kind = serializers.ChoiceField(Issue.Kind.choices)
    text = Text(max_length=LONGEST)
    picture = Text(
        required=False, allow_blank=True, default="", max_length=2_800_000,
        help_text="What is seen: PNG of at most 2 MiB, in base64 or as a data: address. Only its pixels are kept.",
    )  # fmt: skip
    viewer = AnyObject(
        required=False, default=dict, help_text="The viewer's state: a JSON object, up to 20,000 characters."
    )


class IssueAnswerIn(Input):
    """What the reader is told."""

    text = Text(max_length=LONGEST)


class IssueFilter(Input):
    """Which issues: `open` for those that nobody has answered."""

    open = serializers.BooleanField(required=False, default=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class RaisedOut(serializers.ModelSerializer[Issue]):
    """That an issue was raised."""

    class Meta:
        model = Issue
        fields: tuple[str, ...] = ("id", "kind", "raised_at")


class IssueOut(RaisedOut):
    """An issue with its words and its case; `text` and `answer` are null once they were erased."""

    case_id = serializers.SerializerMethodField()
    external_ref = serializers.CharField(source="reference")
    text = serializers.SerializerMethodField()
    raised_by = serializers.CharField(source="reporter.user.get_full_name")
    has_picture = serializers.SerializerMethodField()
    viewer = AnyObject(read_only=True)
    answer = serializers.SerializerMethodField()
    answered_at = serializers.DateTimeField(source="answered_event.db_time", default=None, allow_null=True)

    class Meta(RaisedOut.Meta):
        fields = (
            *RaisedOut.Meta.fields,
            *(
                "case_id",
                "external_ref",
                "text",
                "raised_by",
                "has_picture",
                "viewer",
                "answer",
                "answered_at",
            ),
        )

    @extend_schema_field(serializers.UUIDField())
    def get_case_id(self, found: Any) -> str:
        """The case; of a probe, the one that it shows."""
        return str(found.case.shows)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, found: Any) -> str | None:
        """The words."""
        words: str | None = found.words
        return words

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_answer(self, found: Any) -> str | None:
        """The answer's words."""
        said: str | None = found.said
        return said

    def get_has_picture(self, found: Issue) -> bool:
        """Whether a picture of what was seen came with it; the manager's page shows it."""
        return bool(found.picture_digest)


class RaiseIssue(View):
    """Ask the manager."""

    @operation(operation_id="raise_issue", request=IssueIn, responses={201: RaisedOut})
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Ask the project's manager about the case at hand. No other reader learns of it."""
        acting = acting_on_task(request, task_id, Verb.REPORT, Kind.ISSUE)
        given = self.given(request, IssueIn)
        given["picture"] = picture_from(given["picture"])
        made = raise_issue(acting=acting, task_id=task_id, **given)
        return Response(RaisedOut(made).data, status=201)


class ProjectIssues(View):
    """Issues in a list."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("raised_at", "id")

    @operation(operation_id="list_issues", parameters=[IssueFilter], responses=IssueOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The project's issues, but of cases in which you play a part; oldest first."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.ISSUE)
        asked = self.asked(request, IssueFilter)
        saw_list(acting)
        rows = issues_open_to([acting.person()])
        if asked["open"]:
            rows = rows.filter(answered_event=None)
        return self.page(request, rows, IssueOut)


class AnswerIssue(View):
    """The one answer."""

    @operation(operation_id="answer_issue", request=IssueAnswerIn, responses=IssueOut)
    @changing
    def post(self, request: Request, issue_id: UUID) -> Response:
        """Answer an issue, which closes it; its reader is told that there is an answer."""
        case_id = Case.objects.filter(issues=issue_id).values_list("pk", flat=True).first()
        if case_id is None:
            raise NotFound("There is no such issue.")
        acting = acting_on_case(request, case_id, Verb.ACKNOWLEDGE, Kind.ISSUE)
        answer_issue(acting=acting, issue_id=issue_id, **self.given(request, IssueAnswerIn))
        saw_case(acting, case_id)
        return Response(IssueOut(issues_open_to([acting.person()]).get(pk=issue_id)).data)
