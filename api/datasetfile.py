"""Datasets as the API takes and tells them."""

from typing import Any

from rest_framework import serializers

from api.fields import AnyObject, Id, Input, Text, Whole
from provenance.datasets.criteria import Criteria, checked
from provenance.datasets.differences import Line
from provenance.models import Dataset
from workflow.errors import InvalidInput
from workflow.models import Case, ReferenceLabel

LABELS = list(ReferenceLabel.Status.choices)


class CriteriaIn(Input):
    """What a label must be to be taken in. Nothing given: every determined label of the study."""

    splits = serializers.ListField(
        child=serializers.ChoiceField(Case.Split.choices), required=False, max_length=9
    )
    statuses = serializers.ListField(child=serializers.ChoiceField(LABELS), required=False, max_length=9)
    guidelines = serializers.ListField(child=Whole(), required=False, max_length=50)
    where = AnyObject(required=False, help_text="For each stratum the texts of which a case has one.")


class DatasetIn(CriteriaIn):
    """A new dataset by its name, or the next version of a locked one (`supersedes`), which keeps its name."""

    name = Text(required=False, default="", allow_blank=True)
    supersedes = Id(required=False, allow_null=True, default=None)


class LockIn(Input):
    """`seen`: of the dataset as you got it, so that nobody locks what they did not see."""

    seen = Text()
    reason_code = Text()
    reason = Text(required=False, default="", allow_blank=True)


class WithdrawDatasetIn(Input):
    """Why it shall not be used any more."""

    reason_code = Text()
    reason = Text(required=False, default="", allow_blank=True)


class DatasetOut(serializers.ModelSerializer[Dataset]):
    """A dataset. `manifest`: the digest of what the log has of it, once it is locked."""

    manifest = serializers.CharField(source="manifest_id", allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    criteria = AnyObject()

    class Meta:
        model = Dataset
        fields: tuple[str, ...] = (
            *("id", "name", "version", "state", "criteria", "supersedes", "composed_at"),
            *("locked_at", "cases", "manifest"),
        )


class DifferencesOut(serializers.Serializer[Any]):
    """How it differs from the one that it supersedes, in cases."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()


class DatasetDetailOut(serializers.Serializer[Any]):
    """A dataset with its counts: of its manifest, or before it is locked of this moment."""

    dataset = DatasetOut()
    counts = AnyObject()
    seen = serializers.CharField(allow_blank=True, help_text="What `lock` names; empty once it is locked.")
    differences = DifferencesOut(allow_null=True)
    moved_on = serializers.IntegerField(help_text="Its cases that have another label by now, or none.")


class DatasetCaseOut(serializers.Serializer[Any]):
    """A case of a locked dataset, with its label."""

    case = serializers.UUIDField(source="case_id")
    external_ref = serializers.CharField(source="case.external_ref")
    split = serializers.CharField(source="case.split")
    label_id = serializers.UUIDField()
    version = serializers.IntegerField(source="label.version")
    status = serializers.CharField(source="label.status")
    settled_by = serializers.CharField(source="label.settled_by")
    digest = serializers.CharField(source="label.content_id")


class DifferenceOut(serializers.Serializer[Line]):
    """A case that differs, with the version of its label in each."""

    case = serializers.UUIDField(source="case.pk")
    external_ref = serializers.CharField(source="case.external_ref")
    how = serializers.ChoiceField([("added", "added"), ("removed", "removed"), ("changed", "changed")])
    before = serializers.IntegerField(source="before.version", default=None, allow_null=True)
    after = serializers.IntegerField(source="after.version", default=None, allow_null=True)


class DifferenceList(serializers.Serializer[Any]):
    """The cases that differ, at most 10,000; `more` if there are others."""

    differences = DifferenceOut(many=True)
    more = serializers.BooleanField()


def criteria_of(given: dict[str, Any]) -> Criteria:
    """The criteria among what was given, as the packages below take them; InvalidInput names each fault."""
    criteria, faults = checked(
        splits=given.get("splits", ()),
        statuses=given.get("statuses", (ReferenceLabel.Status.DETERMINED,)),
        guidelines=given.get("guidelines", ()),
        where={name: _texts(values) for name, values in given.get("where", {}).items()},
    )
    if faults:
        raise InvalidInput(faults)
    return criteria


def _texts(values: Any) -> list[str]:
    """A stratum's values; what is no list of texts becomes an empty one, which is refused."""
    is_fit = isinstance(values, list) and all(isinstance(one, str) for one in values)
    return values if is_fit else []
