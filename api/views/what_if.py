"""What other designs would have needed and given on a project's own reads."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_agreement
from api.fields import Input
from workflow.measuring.designs import what_if_of

from .base import View, operation
from .measured import MeasuredOut, answer


class WhichDesigns(Input):
    """By the rules of which protocol version, and how long one act takes (as measured, where not said)."""

    protocol = serializers.IntegerField(required=False, min_value=1, max_value=2_147_483_647)
    minutes_read = serializers.FloatField(required=False, min_value=0, max_value=10_000)
    minutes_review = serializers.FloatField(required=False, min_value=0, max_value=10_000)
    minutes_arbitration = serializers.FloatField(required=False, min_value=0, max_value=10_000)


class QuantityOut(serializers.Serializer[Any]):
    """An estimate with its 95 % interval over patients; null with the reason where the reads don't tell."""

    value = serializers.FloatField(allow_null=True)
    ci95 = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    method = serializers.CharField(allow_null=True)


class ReadsOut(serializers.Serializer[Any]):
    """The design: its name, its rule, how many reads are planned, at most, and (n-of-m) must agree."""

    name = serializers.CharField()
    rule = serializers.CharField()
    count = serializers.IntegerField()
    max = serializers.IntegerField()
    n = serializers.IntegerField(required=False)


class DesignOut(serializers.Serializer[Any]):
    """One design: on how many cases it could be tried, and what it would have needed and given."""

    design = ReadsOut()
    cases = serializers.IntegerField()
    left_out = serializers.IntegerField()
    sentence = serializers.CharField()
    reads_per_case = QuantityOut()
    escalated = QuantityOut(help_text="Share that the reads leave open.")
    arbitrated = QuantityOut(help_text="The same with the sample of agreed cases.")
    hours_reading = QuantityOut()
    hours_review = QuantityOut()
    hours_arbitration = QuantityOut()
    hours = QuantityOut()
    agreement_accepted = QuantityOut(
        help_text="Of labels accepted without the arbiter, with the arbiter's answer."
    )
    agreement_final = QuantityOut(help_text="The same of all labels; an arbitrated one counts as agreeing.")


class WidthOut(serializers.Serializer[Any]):
    """How many cases must be read twice in all for an interval at most so wide."""

    statistic = serializers.CharField()
    wanted = serializers.FloatField()
    width = serializers.FloatField(allow_null=True, help_text="As wide as it is now.")
    cases = serializers.IntegerField()
    needed = serializers.IntegerField(allow_null=True)
    further = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    method = serializers.CharField()


class PrecisionOut(serializers.Serializer[Any]):
    """The precision of one field's primary statistic (or its α)."""

    path = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    statistic = serializers.CharField()
    widths = WidthOut(many=True)


class MinutesOut(serializers.Serializer[Any]):
    """Minutes that were counted for one act; null where nobody knows."""

    read = serializers.FloatField(allow_null=True)
    review = serializers.FloatField(allow_null=True)
    arbitration = serializers.FloatField(allow_null=True)


class WhatIfDocumentOut(serializers.Serializer[Any]):
    """Every design tried on the same reads."""

    schema = serializers.CharField()
    protocol = serializers.IntegerField()
    minutes = MinutesOut()
    left_out = serializers.DictField(child=serializers.IntegerField(), required=False)
    cases = serializers.IntegerField()
    patients = serializers.IntegerField()
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField())
    designs = DesignOut(many=True)
    precision = PrecisionOut(many=True)


class WhatIfOut(MeasuredOut):
    """The table as last computed; null while it is computed for the first time (then ask again)."""

    what_if = WhatIfDocumentOut(allow_null=True)


class WhatIf(View):
    """What would another design have cost?"""

    @operation(
        operation_id="get_what_if", parameters=[WhichDesigns], responses={200: WhatIfOut, 202: WhatIfOut}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Reads per case, arbitration, hours and agreement with the arbiter under each design, from your own reads.

        The rules of fields are those of the protocol version that is named, a draft too. A large study is tried
        by a job: 202 without a table until it is done.
        """
        project = acting_on_agreement(request, slug).person().project
        kept = what_if_of(project, self.asked(request, WhichDesigns))
        return answer(WhatIfOut, kept, "what_if")
