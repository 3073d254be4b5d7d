"""What a project's settings say of its images: how they are de-identified, and what the gate asks."""

from imaging.deid.options import Options
from imaging.gate.rules import Rules
from workflow.models import Project
from workflow.settings.reading import setting


def options_of(project: Project) -> Options:
    """The options of de-identification that the project retains or cleans by."""
    kept = setting(project, "deid_options")
    return Options(**{name: name in kept for name in NAMES})


def rules_of(project: Project) -> Rules:
    """The rules of the project's quality gate; what it doesn't say has its default."""
    return Rules.from_json(setting(project, "gate"))


NAMES = ("modified_dates", "device", "patient_characteristics", "clean_descriptors")
