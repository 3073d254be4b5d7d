"""The two lines of versions: what is in force, what was, and how each differs from the one before."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project
from screens.staffed import screen
from workflow.drafting import Version, difference, document_of, in_force, text_of
from workflow.errors import NotFound
from workflow.models import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion
from workflow.permissions import Kind, Verb
from workflow.queries import name_of

LINES: Final[dict[str, Any]] = {"guideline": GuidelineVersion, "protocol": ProtocolVersion}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of versions, the newest first."""

    name: str
    versions: list[Version]


@screen()
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of guideline and protocol."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person().project
    lines = [Line(name, list(versions_of(name, project).order_by("-number"))) for name in LINES]
    return render(request, "manager/versions.html", {"project": project, "here": "versions", "lines": lines})


@screen()
def version(request: HttpRequest, slug: str, line: str, number: str) -> HttpResponse:
    """One version in full, with its difference to the one before."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person().project
    found = version_of(project, line, int(number))
    context = {"project": project, "here": "versions", "line": line, **about(found)}
    return render(request, "manager/version.html", context)


def about(version: Version) -> dict[str, Any]:
    """What a page tells of a version."""
    before = in_force(version)
    return {
        "version": version,
        "publisher": name_of(version.published_by) if version.published_by else "",
        "document": document_of(version),
        "text": text_of(document_of(version)),
        "before": before,
        "difference": difference(version, before),
        "missing": _not_acknowledged(version),
    }


def _not_acknowledged(version: Version) -> list[str]:
    """The active members who have not acknowledged a published guideline yet."""
    if not isinstance(version, GuidelineVersion) or version.status != version.Status.PUBLISHED:
        return []
    done = Acknowledgement.objects.filter(guideline=version).values("member")
    active = Membership.objects.filter(project=version.project_id, status=Membership.Status.ACTIVE)
    return [
        name_of(member)
        for member in active.exclude(pk__in=done).select_related("user").order_by("created_at")
    ]


def versions_of(line: str, project: Project) -> Any:
    """The versions of a line; NotFound if there is no such line."""
    if line not in LINES:
        raise NotFound("There is no such line of versions.")
    return LINES[line].objects.filter(project=project).select_related("published_by__user")


def version_of(project: Project, line: str, number: int) -> Any:
    """One version with its content; NotFound if there is none."""
    found = versions_of(line, project).select_related("content", "project__log", "published_by__user")
    version = found.filter(number=number).first()
    if version is None:
        raise NotFound("There is no such version.")
    return version
