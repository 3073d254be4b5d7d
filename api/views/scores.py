"""Priorities from outside, many at once."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input, Text
from api.idempotency import changing
from tasks.prioritizing import MOST, Score, prioritize
from workflow.permissions import Kind, Verb

from .base import View, operation


class ScoreIn(Input):
    """How much a case is wanted."""

    external_ref = Text(max_length=200, trim_whitespace=False)
    score = serializers.DecimalField(
        max_digits=10, decimal_places=9, min_value=0, max_value=1,
        help_text="0 to 1, as a string or a number; becomes the priority 0 to 100.",
    )  # fmt: skip


class ScoresIn(Input):
    """Up to 1000 scores, and what they are from, such as a model and its version."""

    scored_by = Text(max_length=200)
    scores = serializers.ListField(child=ScoreIn(), allow_empty=False, max_length=MOST)


class ScoredRow(serializers.Serializer[Any]):
    """What became of a score: changed, unchanged, or refused with a code and a sentence."""

    external_ref = serializers.CharField()
    result = serializers.ChoiceField(["changed", "unchanged", "refused"])
    priority = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class ScoredOut(serializers.Serializer[Any]):
    """A row for each score, in the order in which they came."""

    rows = ScoredRow(many=True)


class Scores(View):
    """What is handed out first, by somebody else's scores."""

    @operation(operation_id="prioritize_cases", request=ScoresIn, responses=ScoredOut)
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Set priorities by scores, such as a model's uncertainty (active learning). Test cases keep their order."""
        acting = acting_in_project(request, slug, Verb.PRIORITIZE, Kind.CASE)
        given = self.given(request, ScoresIn)
        scores = [Score(row["external_ref"], row["score"]) for row in given["scores"]]
        project = acting.person().project
        rows = prioritize(acting=acting, project=project, scores=scores, source=given["scored_by"])
        return Response(ScoredOut({"rows": rows}).data)
