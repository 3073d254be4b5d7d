"""How well a project's readers agree, and how one case was compared."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_agreement
from api.agreement import AgreementDocumentOut
from api.fields import Input
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions
from workflow.models import Case

from .base import View, operation
from .measured import MeasuredOut, answer


class WhichAgreement(Input):
    """Which cases are measured; `by` names a stratum of the cases (site, vendor, …) to look at one by one."""

    guideline = serializers.IntegerField(required=False, min_value=1, max_value=2_147_483_647)
    split = serializers.ChoiceField(choices=Case.Split.choices, required=False)
    by = serializers.CharField(required=False, max_length=60)
    pilot = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The cases of pilot waves alone, which are otherwise left out.",
    )


class AgreementOut(MeasuredOut):
    """The agreement as last computed; null while it is computed for the first time (then ask again)."""

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
        return answer(AgreementOut, kept, "agreement")
