"""What the demonstration prints when it is done, and leaves in summary.json."""

from collections import Counter
from typing import Any

from audit.models import Event
from workflow.models import Arbitration, Case, ConsensusReport, Project, Read, ReferenceLabel, Review

from .caveats import CAVEATS, SOURCE
from .figures import agreement, agreement_lines, design_lines, designs

PATHS = ("agreed at two", "agreed at three", "arbitrated", "arbitrated: sampled agreement", "equivocal")


def summary(project: Project) -> dict[str, Any]:
    """The table's numbers, all counted from the database."""
    return {
        "project": project.slug,
        "cases": Case.objects.filter(project=project).count(),
        "paths": paths(project),
        "open": open_cases(project),
        "returned_reads": Review.objects.filter(case__project=project, verdict="return").count(),
        "arbitrated_how": dict(_arbitrated_how(project)),
        "agreement": agreement(project),
        "what_if": designs(project),
        "events": Event.objects.filter(log=project.log).count(),
        "source": SOURCE,
        "caveats": list(CAVEATS),
    }


def paths(project: Project) -> dict[str, int]:
    """Final cases by the way they were settled."""
    counted = Counter(path_of(label) for label in _labels(project))
    return {path: counted[path] for path in PATHS}


def path_of(label: ReferenceLabel) -> str:
    """How one label came about."""
    if label.status == ReferenceLabel.Status.EQUIVOCAL:
        return "equivocal"
    if label.settled_by == "arbitration":
        last = (
            ConsensusReport.objects.filter(case=label.case, round=label.round).order_by("-sequence").first()
        )
        return "arbitrated: sampled agreement" if last and last.sampled else "arbitrated"
    reads = (
        Read.objects.filter(case=label.case, round=label.round, slot__gte=1).values("slot").distinct().count()
    )
    return {2: "agreed at two", 3: "agreed at three"}[reads]


def _labels(project: Project) -> list[ReferenceLabel]:
    return list(
        ReferenceLabel.objects.filter(case__project=project, case__state="final").select_related("case")
    )


def open_cases(project: Project) -> dict[str, int]:
    """Cases that still wait, by state."""
    states = (
        Case.objects.filter(project=project)
        .exclude(state__in=["final", "excluded"])
        .values_list("state", flat=True)
    )
    return dict(sorted(Counter(states).items()))


def _arbitrated_how(project: Project) -> Counter[str]:
    decided = Arbitration.objects.filter(case__project=project).select_related("content")
    return Counter(f"{a.outcome} ({a.reason_code})" for a in decided)


def lines(numbers: dict[str, Any]) -> list[str]:
    """The table as people read it."""
    yours = [f"{numbers['cases']} cases, {numbers['events']} events in the log, {numbers['log_check']}"]
    yours += ["", "Cases by path"]
    yours += [f"  {path:<34}{count:>5}" for path, count in numbers["paths"].items()]
    yours += [
        f"  {'open in ' + state.replace('_', ' '):<34}{count:>5}" for state, count in numbers["open"].items()
    ]
    yours += ["", "Arbitrated how"]
    yours += [f"  {how:<34}{count:>5}" for how, count in sorted(numbers["arbitrated_how"].items())]
    yours += [f"  {'reads returned once (invented)':<34}{numbers['returned_reads']:>5}"]
    yours += ["", *agreement_lines(numbers["agreement"]), "", *design_lines(numbers["what_if"])]
    if bundle := numbers.get("bundle"):
        yours += ["", f"Bundle, {bundle['verdict']} by its own verify.py in a process apart"]
        yours += [f"  {bundle['path']} ({bundle['bytes'] / 1e6:.1f} MB)", f"  sha256 {bundle['sha256']}"]
        yours += [f"  log key {bundle['log_key']}"]
    yours += ["", "Seconds", *(f"  {name:<34}{seconds:>5}" for name, seconds in numbers["seconds"].items())]
    yours += ["", "Mind", *(f"  - {sentence}" for sentence in numbers["caveats"]), f"  - {numbers['source']}"]
    return yours
