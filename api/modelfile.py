"""What is sent and shown of models that read, of what they say, and of what readers made of it."""

from typing import Any, ClassVar

from rest_framework import serializers

from workflow.assistance.predicting import MOST
from workflow.models import Prediction

from .fields import AnyObject, Id, Input, Text, reason_code


class ModelIn(Input):
    """A model: what it is called, the digest of its file or weights, and what it is meant for."""

    name = Text(max_length=120)
    version = Text(max_length=60)
    digest = Text(help_text="sha256: and the 64 hexadecimal digits of the file's SHA-256.")
    intended_use = Text(max_length=2000)


class RetireModelIn(Input):
    """Why."""

    reason_code = reason_code()
    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class ModelOut(serializers.Serializer[Any]):
    """A model that reads in a project, and of how many cases it said something."""

    id = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    version = serializers.CharField()
    digest = serializers.CharField()
    intended_use = serializers.CharField()
    created_at = serializers.DateTimeField()
    retired = serializers.SerializerMethodField()
    predictions = serializers.IntegerField(source="said")

    def get_retired(self, row: Any) -> bool:
        """Whether nothing more of it is taken."""
        return row.retired_event_id is not None


class ModelsOut(serializers.Serializer[Any]):
    """Every model of a project, those in use first."""

    models = ModelOut(many=True)


class PredictionIn(Input):
    """What the model says of a case, which is named by its id or its external reference; UIDs as they are stored."""

    case = Id(required=False)
    external_ref = Text(required=False, max_length=200, trim_whitespace=False)
    labels = AnyObject()


class PredictionsIn(Input):
    """Up to 1000 cases."""

    predictions = serializers.ListField(child=PredictionIn(), allow_empty=False, max_length=MOST)


class PredictionFaultOut(serializers.Serializer[Any]):
    """What is wrong with a row."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class PredictedRow(serializers.Serializer[Any]):
    """What became of a row: attached, exists (the same was there), or refused with a code and a sentence."""

    result = serializers.ChoiceField(["attached", "exists", "refused"])
    case = serializers.UUIDField(allow_null=True)
    external_ref = serializers.CharField(allow_blank=True)
    digest = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)
    faults = PredictionFaultOut(many=True)


class PredictedOut(serializers.Serializer[Any]):
    """A row for each that came, in their order."""

    rows = PredictedRow(many=True)


class PredictionOut(serializers.ModelSerializer[Prediction]):
    """That a model said something of a case, by the digest of what it said."""

    external_ref = serializers.CharField(source="case.external_ref")
    digest = serializers.CharField(source="content_id")

    class Meta:
        model = Prediction
        fields: ClassVar[tuple[str, ...]] = ("id", "case", "external_ref", "digest", "created_at")


class MeasuresOut(serializers.Serializer[Any]):
    """What became of the model's marks. Medians are of marks that were moved: null where none of the kind was.

    `committed`: reads whose readers had committed to an answer before the marks were shown; of these `changed_after`
    were changed then, `towards` the model, `away` from it, or neither; `changed_share` is null without any.
    """

    reads = serializers.IntegerField()
    kept = serializers.IntegerField()
    changed = serializers.IntegerField()
    dropped = serializers.IntegerField()
    added = serializers.IntegerField()
    unchanged_share = serializers.FloatField(allow_null=True)
    median_iou = serializers.FloatField(allow_null=True)
    median_distance_px = serializers.FloatField(allow_null=True)
    committed = serializers.IntegerField()
    changed_after = serializers.IntegerField()
    towards = serializers.IntegerField()
    away = serializers.IntegerField()
    changed_share = serializers.FloatField(allow_null=True)


class ReaderMeasuresOut(serializers.Serializer[Any]):
    """Those of one reader."""

    reader = serializers.CharField(source="member.actor_id", help_text="Their name in the log.")
    measures = MeasuresOut()


class AssistanceOut(serializers.Serializer[Any]):
    """What readers made of a model's marks, in all and one by one."""

    model = serializers.UUIDField(source="model.pk")
    measures = MeasuresOut()
    readers = ReaderMeasuresOut(many=True)
