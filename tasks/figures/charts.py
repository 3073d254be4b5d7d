"""Every chart of a project by its name, with when what it shows was counted."""

from dataclasses import dataclass

from workflow.charts import Chart
from workflow.errors import NotFound
from workflow.measuring.kept import Kept
from workflow.measuring.quality import quality_of
from workflow.measuring.quality_charts import QUALITY_CHARTS
from workflow.models import Project

from .document import figures_of
from .drawn import CHARTS


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart, None while it is counted for the first time, and what is known of its age."""

    chart: Chart | None
    kept: Kept


def chart_of(project: Project, name: str) -> Shown:
    """A chart of a project, by its name; NotFound for another name."""
    if name in CHARTS:
        return charts_of(project, figures_of(project), (name,))[0]
    if name in QUALITY_CHARTS:
        kept = quality_of(project)
        return Shown(None if kept.document is None else QUALITY_CHARTS[name](kept.document), kept)
    raise NotFound("There is no such chart.")


def charts_of(project: Project, kept: Kept, names: tuple[str, ...]) -> list[Shown]:
    """Charts of the overview, from figures that are there already."""
    known = kept.document
    return [Shown(None if known is None else CHARTS[name](project, known), kept) for name in names]
