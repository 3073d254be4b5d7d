"""Who gets which task, and when the study will end."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.idempotency import changing
from api.planfile import AssignedOut, AssignIn, ForecastOut, PlanOut, RebalanceIn, plan_out
from tasks.assigning.forecasting import foresee
from tasks.assigning.naming import assign
from tasks.assigning.rebalancing import apply, preview
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb

from .base import View, operation


class Assign(View):
    """Named tasks for one person."""

    @operation(operation_id="assign_tasks", request=AssignIn, responses=AssignedOut)
    @changing
    def post(self, request: Request) -> Response:
        """Reserve tasks that nobody has begun for one person. What they may not take is told, and left alone."""
        given = self.given(request, AssignIn)
        acting = acting_in_project(request, given["project"], Verb.ASSIGN, Kind.WORKLIST)
        rows = assign(acting=acting, task_ids=given["tasks"], to=member_of(acting, given["to"]))
        return Response(AssignedOut({"results": rows}).data)


class Rebalance(View):
    """A plan for all open work."""

    problems = frozenset({409})

    @operation(operation_id="rebalance_tasks", request=RebalanceIn, responses=PlanOut)
    @changing
    def post(self, request: Request) -> Response:
        """Show how open tasks would be shared out by capacity and pace, or apply what was shown.

        Applying is refused with `stale_preview` once anything that the plan was made of has changed.
        """
        given = self.given(request, RebalanceIn)
        acting = acting_in_project(request, given["project"], Verb.ASSIGN, Kind.WORKLIST)
        limits = {"days": given["days"], "most": given["most"]}
        if given["preview"]:
            return Response(PlanOut(plan_out(preview(acting=acting, **limits), applied=False)).data)
        applied = apply(acting=acting, digest=given["digest"], **limits)
        return Response(PlanOut(plan_out(applied, applied=True)).data)


class ProjectForecast(View):
    """When will it end?"""

    @operation(operation_id="get_forecast", responses=ForecastOut)
    def get(self, request: Request, slug: str) -> Response:
        """When the study ends if people spend their time where it is needed, and which tier holds it up."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.STAFFING)
        found = foresee(acting.person().project)
        told = {name: getattr(found.forecast, name) for name in found.forecast.__slots__}
        return Response(ForecastOut({**told, "at": found.at, "settled": found.settled}).data)
