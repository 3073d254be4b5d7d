"""The register of readers: who is or was in the project, and what qualified them when."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from audit.models import Content, Event
from screens.access import acting_in_project
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.members import BY_NAME, MemberFilter, members_like
from screens.staffed import screen
from workflow.models import Membership, Training
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of, name_of, told

ABOUT_PEOPLE: Final = (
    "account.registered", "account.role_granted", "account.role_revoked", "account.credentials_changed",
    "account.disabled", "training.completed", "reader.paused", "reader.resumed", "reader.disqualified",
    "project.settings_changed",
)  # fmt: skip
READERS: Final = Listing(
    name="audit_readers",
    title="People and credentials",
    kinds=(Kind.LOG,),
    columns=(
        Column("name", "Person", BY_NAME, heads=("person",), fixed=True),
        Column("actor", "Name in the log", heads=("name in the log",)),
        Column("roles", "Roles", heads=("roles",)),
        Column("site", "Site", ("site", "user__last_name"), heads=("site",)),
        Column("status", "Status", ("status", "user__last_name"), heads=("status",)),
        Column("qualified", "Qualified as", heads=("profession", "specialty", "years of experience")),
        Column("snapshot", "Snapshot", heads=("snapshot",)),
        Column("training", "Training", ("trained", "user__last_name"), number=True, heads=("training",)),
        Column("conflicts", "Conflicts of interest", heads=("conflicts of interest",)),
        Column("joined", "Joined (UTC)", ("created_at",), heads=("joined (UTC)",), shown=False),
    ),
    sort="name",
    form=MemberFilter,
)


@screen()
def readers(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everybody who is or was in the project, with the credential snapshot that the log cites now."""
    project = acting_at(request, slug, READERS).person().project
    look = look_of(request, READERS, project)
    if look.opening:
        return redirect(look.opening)
    form, rows = MemberFilter(request.GET), _with_credentials(members_of(project))
    if form.is_valid():
        rows = members_like(rows, form.cleaned_data)
    if wants_csv(request):
        return as_csv(f"{slug}-readers", look, rows, _lines)
    page = page_of(request, look, rows)
    context = {"project": project, "here": "readers", "form": form, "page": page}
    return render(request, "auditor/readers.html", context)


def _with_credentials(members: QuerySet[Membership]) -> QuerySet[Any]:
    return members.select_related("user", "credentials").annotate(trained=Count("training", distinct=True))


def _lines(members: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    for member in members:
        held = member.credentials.data
        yield (
            name_of(member), member.actor_id, ", ".join(member.roles), member.site, member.status,
            held.get("profession"), held.get("specialty"), held.get("years_experience"), member.credentials_id,
            member.trained, ", ".join(member.conflicts), member.created_at,
        )  # fmt: skip


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
