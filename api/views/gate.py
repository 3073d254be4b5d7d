"""The quality gate: the cases whose images wait for their manager."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.importfile import CaseAtGateOut
from api.pagination import Cursor
from tasks.importing.queries import cases_at_gate
from workflow.access import cases_open_to
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_list

from .base import View, operation


class Gate(View):
    """What waits at the gate of a project."""

    pagination_class = Cursor

    @operation(operation_id="list_cases_at_gate", responses=CaseAtGateOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The cases that wait at the gate, oldest first, each with what was found: let them in, or exclude them."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.CASE)
        member = acting.person()
        saw_list(acting)
        waiting = cases_at_gate(member.project).filter(pk__in=cases_open_to([member]).values("pk"))
        return self.page(request, waiting.prefetch_related("gate_findings__series"), CaseAtGateOut)
