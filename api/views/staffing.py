"""Whether a project has the people that its protocol needs."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input
from tasks.shortages import shortages_of
from tasks.stuck import stuck_work
from workflow.access import cases_open_to
from workflow.drafting import protocol_to_check
from workflow.permissions import Kind, Verb
from workflow.staffing import staffing_of

from .base import View, operation


class WhichProtocol(Input):
    """Which protocol version to check; the published one if none is named."""

    protocol = serializers.IntegerField(required=False, min_value=1, max_value=2_147_483_647)


class PlaceOut(serializers.Serializer[Any]):
    """How many different people of a role a case may need, and how many can take it."""

    role = serializers.CharField()
    needed = serializers.IntegerField()
    found = serializers.IntegerField()


class SiteOut(serializers.Serializer[Any]):
    """The cases at work of a site ("" for those without one) that need the same, and a sentence for each shortage."""

    site = serializers.CharField(allow_blank=True)
    needs = serializers.ListField(child=serializers.CharField())
    cases = serializers.IntegerField()
    places = PlaceOut(many=True)
    shortages = serializers.ListField(child=serializers.CharField())


class StuckOut(serializers.Serializer[Any]):
    """A task that nobody can take now, and why."""

    case_id = serializers.UUIDField()
    external_ref = serializers.CharField()
    kind = serializers.CharField()
    why = serializers.CharField()


class ShortageOut(serializers.Serializer[Any]):
    """What nobody could take on a day of the project's time zone."""

    day = serializers.DateField()
    listed_at = serializers.DateTimeField()
    stuck = StuckOut(many=True)


class StaffingOut(serializers.Serializer[Any]):
    """The check of every site, the open work that nobody can take now (200 at most), and the last daily lists of it."""

    protocol = serializers.IntegerField()
    enough = serializers.BooleanField()
    sites = SiteOut(many=True)
    stuck = StuckOut(many=True)
    days = ShortageOut(many=True)


class StaffingCheck(View):
    """Are there enough people?"""

    @operation(operation_id="check_staffing", parameters=[WhichProtocol], responses=StaffingOut)
    def get(self, request: Request, slug: str) -> Response:
        """Whether every case can find enough different eligible people, site by site, and what is stuck now."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.STAFFING)
        project = acting.person().project
        version, protocol = protocol_to_check(project, self.asked(request, WhichProtocol).get("protocol"))
        found = staffing_of(project, protocol)
        visible = cases_open_to([acting.person()])
        told = {"protocol": version.number, "enough": found.enough, "sites": found.sites}
        days = {"stuck": stuck_work(project, visible), "days": shortages_of(project, visible)}
        return Response(StaffingOut({**told, **days}).data)
