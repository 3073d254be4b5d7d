"""The form of a project's agreement as it is told: statistics, fields, findings, subgroups, the senior's sample."""

from typing import Any

from rest_framework import serializers

from .fields import AnyValue


class StatisticOut(serializers.Serializer[Any]):
    """One number; null with the reason where it is undefined. `interval` says how the 95 % interval was made."""

    statistic = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    ci95 = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    interval = serializers.CharField(allow_null=True)
    n = serializers.IntegerField(help_text="Cases, or findings, that entered.")
    reason = serializers.CharField(allow_null=True)


class ShareOut(serializers.Serializer[Any]):
    """How often an answer was given, of all answers."""

    value = AnyValue()
    share = serializers.FloatField()


class PartAgreementOut(serializers.Serializer[Any]):
    """The same for one cut-off, one label of several, or one band of sizes."""

    part = serializers.CharField()
    n = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Planned reads without an answer.")
    prevalence = ShareOut(many=True)
    statistics = StatisticOut(many=True)


class PrimaryOut(serializers.Serializer[Any]):
    """The statistic that the protocol fixed before the first read, its bound, and whether the interval keeps it."""

    statistic = serializers.CharField(allow_null=True)
    bound = serializers.CharField()
    met = serializers.BooleanField(allow_null=True)


class FieldAgreementOut(serializers.Serializer[Any]):
    """One field: raw agreement, coefficients, prevalence. `spread`: how far measurements lie apart."""

    path = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    readers_fixed = serializers.BooleanField(help_text="Whether the same few readers read every case.")
    not_assessable = serializers.IntegerField()
    primary = PrimaryOut(allow_null=True)
    n = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Planned reads without an answer.")
    prevalence = ShareOut(many=True)
    statistics = StatisticOut(many=True)
    spread = serializers.DictField(allow_null=True)
    parts = PartAgreementOut(many=True)


class HeldOut(serializers.Serializer[Any]):
    """How many findings were marked by so many reads."""

    reads = serializers.IntegerField()
    findings = serializers.IntegerField()


class FindingsAgreementOut(serializers.Serializer[Any]):
    """One type of finding: agreement on presence (F1), on the place, and on the fields of shared findings."""

    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    findings = serializers.IntegerField()
    marks = serializers.IntegerField()
    held_by = HeldOut(many=True)
    primary = PrimaryOut(allow_null=True)
    statistics = StatisticOut(many=True)
    place = FieldAgreementOut()
    fields = FieldAgreementOut(many=True)  # type: ignore[assignment]


class SubgroupOut(serializers.Serializer[Any]):
    """The cases of one value of the stratum."""

    value = serializers.CharField()
    cases = serializers.IntegerField()
    fields = FieldAgreementOut(many=True)  # type: ignore[assignment]
    findings = FindingsAgreementOut(many=True)


class SubgroupsOut(serializers.Serializer[Any]):
    """The subgroups of a stratum, always exploratory."""

    stratum = serializers.CharField()
    exploratory = serializers.CharField()
    groups = SubgroupOut(many=True)


class IntervalsOut(serializers.Serializer[Any]):
    """How intervals were drawn: patients with replacement, by this seed."""

    level = serializers.FloatField()
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()


class StratumBoundOut(serializers.Serializer[Any]):
    """One stratum of the agreed cases: how many, how many were read, how many turned out otherwise."""

    name = serializers.CharField()
    concordant = serializers.IntegerField()
    sampled = serializers.IntegerField()
    overturned = serializers.IntegerField()
    weight = serializers.FloatField(allow_null=True, help_text="Agreed cases that a sampled one stands for.")
    share = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    upper = serializers.FloatField()


class JointErrorOut(serializers.Serializer[Any]):
    """How often readers are wrong together, at most; null with the reason where that can't be said."""

    level = serializers.FloatField()
    strata = StratumBoundOut(many=True)
    share = serializers.FloatField(allow_null=True)
    share_reason = serializers.CharField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    method = serializers.CharField()


class ConcordantOut(serializers.Serializer[Any]):
    """The agreed cases drawn for a senior: by their read before anything was shown, and by their decision."""

    waiting = serializers.IntegerField()
    by_blind_read = JointErrorOut()
    by_decision = JointErrorOut()


class DoubtfulCaseOut(serializers.Serializer[Any]):
    """An accepted answer that the readers, weighed by their error rates, speak against."""

    case_id = serializers.UUIDField()
    accepted = AnyValue()
    posterior = serializers.FloatField()


class DoubtfulFieldOut(serializers.Serializer[Any]):
    """The doubtful answers of one field, the least likely first; `reason` says why none can be told."""

    path = serializers.CharField()
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    cases = DoubtfulCaseOut(many=True)


class DoubtfulOut(serializers.Serializer[Any]):
    """A batch audit of accepted labels."""

    model = serializers.CharField()
    below = serializers.FloatField()
    fields = DoubtfulFieldOut(many=True)  # type: ignore[assignment]


class AgreementDocumentOut(serializers.Serializer[Any]):
    """The measurement: on what, by whom, and every field and finding type."""

    schema = serializers.CharField()
    method = serializers.CharField()
    conditional_on = serializers.CharField()
    intervals = IntervalsOut()
    cases = serializers.IntegerField()
    cases_read_twice = serializers.IntegerField()
    patients = serializers.IntegerField()
    readers = serializers.IntegerField()
    reads = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    fields = FieldAgreementOut(many=True)  # type: ignore[assignment]
    findings = FindingsAgreementOut(many=True)
    subgroups = SubgroupsOut(required=False)
    concordant_sample = ConcordantOut(required=False, help_text="Only of all cases together.")
    doubtful = DoubtfulOut(required=False, help_text="Only of all cases together.")
