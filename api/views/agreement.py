"""How well a project's readers agree, and how one case was compared."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_agreement
from api.fields import AnyValue, Input
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions
from workflow.models import Case

from .base import View, operation

SOON = "5"  # seconds until it is worth asking again


class WhichAgreement(Input):
    """Which cases are measured; `by` names a stratum of the cases (site, vendor, …) to look at one by one."""

    guideline = serializers.IntegerField(required=False, min_value=1, max_value=2_147_483_647)
    split = serializers.ChoiceField(choices=Case.Split.choices, required=False)
    by = serializers.CharField(required=False, max_length=60)


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


class AgreementOut(serializers.Serializer[Any]):
    """The agreement as last computed; null while it is computed for the first time (then ask again)."""

    computed_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField(help_text="Whether reads came in since; it is being computed anew.")
    agreement = AgreementDocumentOut(allow_null=True)


class Agreement(View):
    """How well do the readers agree?"""

    @operation(
        operation_id="get_agreement",
        parameters=[WhichAgreement],
        responses={200: AgreementOut, 202: AgreementOut},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Agreement of the planned independent first reads, as submitted, with intervals over patients.

        A large study is measured by a job: 202 without an agreement until it is done, then 200.
        """
        project = acting_on_agreement(request, slug).person().project
        kept = agreement_of(project, Conditions(**self.asked(request, WhichAgreement)))
        answer = {"computed_at": kept.computed_at, "stale": kept.stale, "agreement": kept.document}
        if kept.document is None:
            return Response(AgreementOut(answer).data, status=202, headers={"Retry-After": SOON})
        return Response(AgreementOut(answer).data)
