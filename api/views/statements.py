"""Hours and counts: everybody's for managers, one's own for everybody else."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input
from tasks.models import Task
from tasks.statements import Line, everybodys, ones_own, period_of
from workflow.permissions import Kind, Verb, may

from .base import View, operation

# `from` is a word of the language, so these fields are named here.
StatementPeriod: Any = type(
    "StatementPeriod",
    (Input,),
    {
        "__doc__": "Days in the project's time zone, first and last; by default this month so far.",
        "from": serializers.DateField(required=False),
        "to": serializers.DateField(required=False),
        "mine": serializers.BooleanField(required=False, default=False),
    },
)


class StatementLineOut(serializers.Serializer[Any]):
    """One person's finished tasks of one kind in a month."""

    month = serializers.SerializerMethodField(help_text="Such as 2026-11, in the project's time zone.")
    member = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Task.Kind.choices)
    tasks = serializers.IntegerField()
    seconds = serializers.IntegerField(help_text="At work, idle time left out.")
    hours = serializers.DecimalField(max_digits=12, decimal_places=2)
    untimed = serializers.IntegerField(help_text="Tasks among them of which no time is known.")

    def get_month(self, line: Line) -> str:
        """The month, without a day."""
        return f"{line.month:%Y-%m}"


class StatementOut(serializers.Serializer[Any]):
    """A period, and what was finished in it. Work let go unfinished is not counted."""

    first = serializers.DateField()
    last = serializers.DateField()
    time_zone = serializers.CharField()
    lines = StatementLineOut(many=True)


class Statements(View):
    """Who did how much."""

    @operation(operation_id="get_statement", parameters=[StatementPeriod], responses=StatementOut)
    def get(self, request: Request, slug: str) -> Response:
        """Finished tasks and hours by month, person and kind: a manager's project, or (`mine`) one's own."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.PROJECT).person()
        asked = self.asked(request, StatementPeriod)
        period = period_of(member.project, asked.get("from"), asked.get("to"))
        all_of_them = may(member, Verb.SEE, Kind.STATEMENT) and not asked["mine"]
        lines = everybodys(member, period) if all_of_them else ones_own(member, period)
        about = {"first": period.first, "last": period.last, "time_zone": member.project.time_zone}
        return Response(StatementOut({**about, "lines": lines}).data)
