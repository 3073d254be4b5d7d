"""The register of the versions that labels were made under."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project
from screens.staffed import screen
from workflow.drafting import difference, document_of, in_force, text_of
from workflow.errors import NotFound
from workflow.models import CaseRound, GuidelineVersion, Project, ProtocolVersion
from workflow.permissions import Kind, Verb
from workflow.queries import name_of

LINES: Final[dict[str, Any]] = {"guideline": GuidelineVersion, "protocol": ProtocolVersion}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published or retired version, and how much was made under it."""

    version: Any
    publisher: str
    acknowledged: int
    rounds: int
    labels: int


@screen()
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every guideline and protocol version with its digest, who published it, and what was made under it."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person().project
    lines = [(name, _rows(name, project)) for name in LINES]
    return render(request, "auditor/versions.html", {"project": project, "here": "versions", "lines": lines})


def _rows(line: str, project: Project) -> list[VersionRow]:
    rows = LINES[line].objects.filter(project=project).select_related("published_by__user")
    counted = dict(_counted(line, project))
    acknowledged: dict[Any, int] = {}
    if line == "guideline":
        done = rows.values_list("pk").annotate(n=Count("acknowledgements"))
        acknowledged = dict(done.order_by())
    return [
        VersionRow(
            version,
            name_of(version.published_by) if version.published_by else "",
            acknowledged.get(version.pk, 0),
            *counted.get(version.pk, (0, 0)),
        )
        for version in rows.order_by("-number")
    ]


def _counted(line: str, project: Project) -> list[tuple[UUID, tuple[int, int]]]:
    rounds = CaseRound.objects.filter(case__project=project).values_list(line)
    labelled = Q(case__labels__round=F("number"))
    counted = rounds.annotate(
        rounds=Count("pk", distinct=True), labels=Count("case__labels", filter=labelled, distinct=True)
    )
    return [(version, (rounds, labels)) for version, rounds, labels in counted.order_by()]


@screen()
def version(request: HttpRequest, slug: str, line: str, number: str) -> HttpResponse:
    """One version in full, with its difference to the one before."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person().project
    rows = (
        LINES[line]
        .objects.filter(project=project)
        .select_related("content", "published_by__user", "project__log")
    )
    found = rows.filter(number=int(number)).first()
    if found is None:
        raise NotFound("There is no such version.")
    before, document = in_force(found), document_of(found)
    context = {
        "project": project,
        "here": "versions",
        "line": line,
        "version": found,
        "publisher": name_of(found.published_by) if found.published_by else "",
        "document": document,
        "text": text_of(document),
        "before": before,
        "difference": difference(found, before),
    }
    return render(request, "auditor/version.html", context)
