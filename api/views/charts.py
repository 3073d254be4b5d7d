"""The figures of a project's overview, and each of its charts as what the picture on the page is drawn from."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_agreement
from tasks.figures.charts import chart_of
from tasks.figures.document import figures_of
from workflow.states import STATES

from .base import View, operation
from .measured import MeasuredOut, answer


class CurveOut(serializers.Serializer[Any]):
    """One row of numbers, one for each label; null where there is none."""

    name = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField(allow_null=True))
    drawn = serializers.CharField(help_text="area, bars, line, dots, dashed, limit, band_low or band_high.")
    colour = serializers.IntegerField(help_text="A place in the page's palette.")


class ChartOut(serializers.Serializer[Any]):
    """What a picture is drawn from, and what it says in a sentence."""

    name = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    across = serializers.CharField(help_text="What the labels are.")
    unit = serializers.CharField(help_text='What is counted; "%" for shares of 1.')
    labels = serializers.ListField(child=serializers.CharField())
    curves = CurveOut(many=True)
    stacked = serializers.BooleanField()


class ShownChartOut(MeasuredOut):
    """A chart as last counted; null while it is counted for the first time."""

    chart = ChartOut(allow_null=True)


DayOut: Any = type(
    "DayOut",
    (serializers.Serializer,),
    {
        "__doc__": "The cases of the study in each state at the end of a day of the project's time zone.",
        "day": serializers.DateField(),
        **{state: serializers.IntegerField() for state in STATES},
    },
)


class PaceOut(serializers.Serializer[Any]):
    """The cases that became final since a day, and how many that is a day."""

    since = serializers.DateField()
    cases = serializers.IntegerField()
    per_day = serializers.FloatField()


class SettledOut(serializers.Serializer[Any]):
    """Final cases by how they were settled."""

    consensus = serializers.IntegerField()
    arbitration = serializers.IntegerField()


class TurnaroundOut(serializers.Serializer[Any]):
    """The median days from a case's first coming among the readers until it was final, of the newest final cases."""

    cases = serializers.IntegerField()
    median_days = serializers.FloatField(allow_null=True)


class FirstPassOut(serializers.Serializer[Any]):
    """Cases whose first reviews all accepted the reads as they were (`yes`), and those where one did not."""

    yes = serializers.IntegerField()
    no = serializers.IntegerField()


class EndOut(serializers.Serializer[Any]):
    """The forecast that the burndown shows."""

    at = serializers.DateTimeField()
    days = serializers.FloatField(allow_null=True, help_text="Working days.")
    ends = serializers.DateTimeField(allow_null=True)
    between = serializers.ListField(child=serializers.DateTimeField(), allow_null=True)
    never = serializers.CharField(allow_blank=True)


class FiguresDocumentOut(serializers.Serializer[Any]):
    """What the overview's figures and charts are made from."""

    schema = serializers.CharField()
    days = DayOut(many=True)
    done = PaceOut()
    settled = SettledOut()
    first_pass = FirstPassOut()
    turnaround = TurnaroundOut()
    hours = serializers.ListField(
        child=serializers.DictField(), help_text="By month, hours of each kind of task."
    )
    forecast = EndOut()


class FiguresOut(MeasuredOut):
    """The figures as last counted; null while they are counted for the first time."""

    figures = FiguresDocumentOut(allow_null=True)


class Figures(View):
    """How far is the study?"""

    @operation(operation_id="get_figures", responses={200: FiguresOut, 202: FiguresOut})
    def get(self, request: Request, slug: str) -> Response:
        """Cases by state day by day, pace, hours and forecast; counted anew when too old, 202 until first done."""
        project = acting_on_agreement(request, slug).person().project
        return answer(FiguresOut, figures_of(project), "figures")


class ProjectChart(View):
    """One picture, as numbers."""

    @operation(operation_id="get_chart", responses={200: ShownChartOut, 202: ShownChartOut})
    def get(self, request: Request, slug: str, name: str) -> Response:
        """What a chart of the project's pages is drawn from."""
        project = acting_on_agreement(request, slug).person().project
        shown = chart_of(project, name)
        kept = shown.kept
        told = {"computed_at": kept.computed_at, "stale": kept.stale, "failed": kept.failed}
        waits = kept.document is None and not kept.failed
        chart = shown.chart and shown.chart.as_dict()
        return Response(ShownChartOut({**told, "chart": chart}).data, status=202 if waits else 200)
