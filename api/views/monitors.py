"""What is watched in a project: agreement over time with its alarms, and readers beside each other."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_agreement
from workflow.measuring.monitors import monitors_of
from workflow.queries import everybody

from .base import View, operation
from .measured import MeasuredOut, answer
from .what_if import QuantityOut


class AlarmOut(serializers.Serializer[Any]):
    """What alarms and why: `number` passed `bound`; `about` names whom or what, by names in the log."""

    kind = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    subgroup = serializers.CharField(allow_null=True)
    about = serializers.CharField()
    words = serializers.CharField()
    number = serializers.FloatField()
    bound = serializers.FloatField()
    level = serializers.FloatField()
    look = serializers.IntegerField(allow_null=True)


class WindowOut(serializers.Serializer[Any]):
    """The agreement in one window of cases; `look` counts from 1, null for the rolling one."""

    look = serializers.IntegerField(allow_null=True)
    first = serializers.UUIDField()
    last = serializers.UUIDField()
    cases = serializers.IntegerField()
    percent_agreement = QuantityOut()
    krippendorff_alpha = QuantityOut()
    gwet_ac1 = QuantityOut(required=False)


class WatchedOut(serializers.Serializer[Any]):
    """One field, of all cases or of a subgroup, window by window; `reason` says why there is none yet."""

    field = serializers.CharField()
    subgroup = serializers.CharField(allow_null=True)
    exploratory = serializers.BooleanField()
    cases = serializers.IntegerField()
    windows = WindowOut(many=True)
    rolling = WindowOut(allow_null=True)
    alarms = AlarmOut(many=True)
    reason = serializers.CharField(allow_null=True)


class ReaderPairOut(serializers.Serializer[Any]):
    """Two readers on the cases that both read; exploratory."""

    readers = serializers.ListField(child=serializers.CharField())
    n = serializers.IntegerField()
    percent = QuantityOut()
    kappa = QuantityOut()
    alpha = QuantityOut()


class FieldPairsOut(serializers.Serializer[Any]):
    """Every pair of readers on one field."""

    path = serializers.CharField()
    pairs = ReaderPairOut(many=True)


class ReaderShareOut(serializers.Serializer[Any]):
    """A share of a reader's cases with its exact interval; `label` says of what, and that it is no ranking."""

    reader = serializers.CharField()
    found = serializers.IntegerField()
    of = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    ci95 = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]


class MonitorDocumentOut(serializers.Serializer[Any]):
    """Everything watched, with the stated chance of a false alarm."""

    schema = serializers.CharField()
    left_out = serializers.DictField(child=serializers.IntegerField(), required=False)
    window = serializers.IntegerField()
    labels = serializers.DictField(child=serializers.CharField(), help_text="Field → its question.")
    false_alarms = serializers.CharField()
    quick_reads = serializers.CharField()
    exploratory = serializers.CharField()
    alarms = AlarmOut(many=True)
    series = WatchedOut(many=True)
    subgroups = WatchedOut(many=True)
    pairs = FieldPairsOut(many=True)
    overturned = ReaderShareOut(many=True)
    disagreement_index = ReaderShareOut(many=True)


class MonitorOut(MeasuredOut):
    """The monitors as last computed, and who the readers are; null while they are computed for the first time."""

    readers = serializers.DictField(child=serializers.CharField(), help_text="Name in the log → person.")
    monitor = MonitorDocumentOut(allow_null=True)


class Monitors(View):
    """Is anything wrong with how readers agree?"""

    @operation(operation_id="get_monitors", responses={200: MonitorOut, 202: MonitorOut})
    def get(self, request: Request, slug: str) -> Response:
        """Agreement in windows of planned double reads with alarms both ways, and readers beside each other."""
        project = acting_on_agreement(request, slug).person().project
        kept = monitors_of(project)
        return answer(MonitorOut, kept, "monitor", readers=everybody(project))
