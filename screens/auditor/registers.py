"""Registers: the versions that labels were made under, and the readers with what qualified them and when."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.models import Content, Event
from screens.access import acting_in_project
from screens.staffed import screen
from workflow.drafting import difference, document_of, in_force, text_of
from workflow.errors import NotFound
from workflow.models import CaseRound, GuidelineVersion, Membership, Project, ProtocolVersion, Training
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of, name_of, told

LINES: Final[dict[str, Any]] = {"guideline": GuidelineVersion, "protocol": ProtocolVersion}
ABOUT_PEOPLE: Final = (
    "account.registered", "account.role_granted", "account.role_revoked", "account.credentials_changed",
    "account.disabled", "training.completed", "reader.paused", "reader.resumed", "reader.disqualified",
    "project.settings_changed",
)  # fmt: skip


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


@screen()
def readers(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who is or was in the project, with the credential snapshot that the log cites now."""
    project = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person().project
    rows = (
        members_of(project)
        .select_related("user", "credentials")
        .annotate(trained=Count("training", distinct=True))
    )
    people = [(name_of(member), member) for member in rows.order_by("created_at", "pk")]
    return render(request, "auditor/readers.html", {"project": project, "here": "readers", "people": people})


@screen()
def reader(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    """One person: every snapshot that the log ever cited of them, their training, and all that was changed."""
    acting = acting_in_project(request, slug, Verb.SEE, Kind.LOG)
    member = member_of(acting, member_id)
    events = told(member.project, list(_events_about(member)))
    snapshots = Content.objects.in_bulk([e["after"] for e in events if e["after"]])
    context = {
        "project": member.project,
        "here": "readers",
        "member": member,
        "name": name_of(member),
        "training": Training.objects.filter(member=member).order_by("completed_at"),
        "events": [
            {**event, "snapshot": getattr(snapshots.get(event["after"]), "data", None)} for event in events
        ],
    }
    return render(request, "auditor/reader.html", context)


def _events_about(member: Membership) -> list[Event]:
    # Few acts are about people, and the project's chain is short beside those of its cases.
    rows: QuerySet[Event] = Event.objects.filter(stream_id=member.project_id, action__in=ABOUT_PEOPLE)
    return [
        row
        for row in rows.order_by("stream_seq")
        if json.loads(bytes(row.body))["object"]["id"] == member.actor_id
    ]
