"""A study whose cases have images and that names outside viewers, for tests."""

from typing import Any

from tasks.settings import change_settings
from tests.imported import at_gate
from tests.people import Study, study
from workflow.models import CaseImage, Series

OHIF = {
    "name": "OHIF",
    "url": "https://viewer.example.org/viewer?StudyInstanceUIDs={studies}&url={dicomweb_encoded}",
}
TOOL = {
    "name": "Own tool",
    "url": "https://tool.example.org/read?api={api}&task={task}&token={token}&back={return_url}",
    "returns": True,
}
SLICER = {"name": "3D Slicer", "url": "slicer://viewer/?studyUID={study}&dicomweb={dicomweb_encoded}"}


def with_viewers(of: Study, *viewers: dict[str, Any], **more: Any) -> Study:
    """The study, whose cases may be opened in these viewers."""
    changes = {"viewers": list(viewers or (OHIF, TOOL, SLICER)), **more}
    of.project = change_settings(acting=of.acting("maria"), project=of.project, changes=changes)
    return of


def with_images(*refs: str, **more: Any) -> Study:
    """A study with these cases, each with one series of three images, and three viewers."""
    of = with_viewers(study(**more))
    for ref in refs or ("scan-1",):
        at_gate(of, ref, ())
    return of


def stored_uids(of: Study, ref: str = "scan-1") -> tuple[str, str]:
    """The stored UIDs of a case's study and series."""
    series: Series = CaseImage.objects.get(case=of.case(ref)).series
    return series.study.uid, series.uid
