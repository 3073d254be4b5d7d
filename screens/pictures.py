"""Charts on a page: each with the address that its picture is drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from workflow.charts import Chart
from workflow.models import Project


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and where the API serves it."""

    chart: Chart
    url: str


def pictures_of(project: Project, charts: Iterable[Chart]) -> list[Picture]:
    """The charts of a project with their addresses."""
    return [Picture(chart, reverse("chart", args=[project.slug, chart.name])) for chart in charts]
