"""A case's dossier as JSON."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_case
from api.dossier import DossierOut
from provenance.case_reading import case_log
from provenance.dossier import dossier_of
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_case

from .base import View, operation


class CaseDossier(View):
    """Everything that the log says of a case."""

    @operation(operation_id="get_case_dossier", responses=DossierOut)
    def get(self, request: Request, case_id: UUID) -> Response:
        """A case from its log alone: who saw what, said what, under which versions, how it was settled, the proof."""
        acting = acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE)
        member = acting.person()
        saw_case(acting, case_id)
        return Response(DossierOut(dossier_of(case_log(member.project.log_id, case_id))).data)
