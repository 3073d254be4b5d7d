"""How one case was compared, for staff who play no part in it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_case
from api.fields import AnyObject, AnyValue
from workflow.explaining import comparisons_of
from workflow.models import Case
from workflow.permissions import Kind, Verb

from .base import View, operation


class ComparedReadOut(serializers.Serializer[Any]):
    """A read that was compared: `read` is slot.revision."""

    read = serializers.CharField()
    kind = serializers.CharField()
    by = serializers.CharField(help_text="The reader's name in the log.")
    name = serializers.CharField()
    digest = serializers.CharField()


class AnswerOut(serializers.Serializer[Any]):
    """What one read says; null where it leaves the field out."""

    read = serializers.CharField()
    value = AnyValue(allow_null=True)


class PairOut(serializers.Serializer[Any]):
    """Two reads compared: the number of the protocol's comparator (decimal text), and further measures."""

    reads = serializers.ListField(child=serializers.CharField())
    agree = serializers.BooleanField()
    number = serializers.CharField(allow_null=True)
    measures = AnyObject()
    in_words = serializers.CharField()


class ComparedFieldOut(serializers.Serializer[Any]):
    """One field: what the reads say, how they compare, the rule, and what came of it."""

    path = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    reads = AnswerOut(many=True)
    pairs = PairOut(many=True)
    pairwise_agreement = serializers.CharField(allow_null=True)
    rule = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField()
    value = AnyValue(allow_null=True)
    in_words = serializers.CharField()


class ComparedFindingOut(serializers.Serializer[Any]):
    """One finding joined over the reads: who marked it, what is asked about it, its place and its fields."""

    id = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    marked_by = serializers.ListField(child=serializers.CharField())
    held = serializers.IntegerField()
    of = serializers.IntegerField()
    outcome = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    in_words = serializers.CharField()
    fields = ComparedFieldOut(many=True)  # type: ignore[assignment]


class ComparisonOut(serializers.Serializer[Any]):
    """One consensus report, explained; `digest` is the report's own."""

    round = serializers.IntegerField()
    sequence = serializers.IntegerField()
    second_look = serializers.IntegerField(help_text="How many second looks went before it.")
    outcome = serializers.CharField()
    in_words = serializers.CharField()
    sampled = serializers.BooleanField()
    rule = serializers.CharField()
    engine = serializers.CharField()
    protocol = serializers.CharField()
    digest = serializers.CharField()
    reads = ComparedReadOut(many=True)
    fields = ComparedFieldOut(many=True)  # type: ignore[assignment]
    findings = ComparedFindingOut(many=True)


class ConsensusOut(serializers.Serializer[Any]):
    """Every comparison of a case, oldest first."""

    case_id = serializers.UUIDField()
    comparisons = ComparisonOut(many=True)


class CaseConsensus(View):
    """Why is a case settled, or disputed?"""

    @operation(operation_id="get_case_consensus", responses=ConsensusOut)
    def get(self, request: Request, case_id: UUID) -> Response:
        """Each comparison of the case's reads: per field and finding, the numbers, the rule and the outcome."""
        acting_on_case(request, case_id, Verb.SEE, Kind.AGREEMENT)
        found = comparisons_of(Case.objects.get(pk=case_id))
        return Response(ConsensusOut({"case_id": case_id, "comparisons": found}).data)
