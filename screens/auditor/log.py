"""The log as a table, narrowed by what was done, by whom, when and in which case; and one event in full."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from audit.actions import Action
from audit.models import Content, Event
from screens.access import acting_in_project
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from workflow.errors import NotFound
from workflow.models import Case, Membership, Project
from workflow.permissions import Kind, Verb
from workflow.queries import body_of, checkpointed, readable_events, told, with_seal

from .log_files import as_json, lines
from .narrowing import InTheProject, cases_named

SYSTEM_ID: Final = "act_" + "0" * 32


class LogFilter(InTheProject):
    """Which events."""

    kind = forms.ChoiceField(required=False, label="What was done")
    field_order = ("kind",)
    others = ((SYSTEM_ID, "the service itself"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subjects = sorted({action.value.partition(".")[0] for action in Action})
        every = [(f"{s}.*", f"anything about: {s}") for s in subjects] + [(a.value, a.value) for a in Action]
        self.fields["kind"].choices = [("", "anything"), *sorted(every)]  # type: ignore[attr-defined]


LOG: Final = Listing(
    name="audit_log",
    title="Log",
    kinds=(Kind.LOG,),
    columns=(
        Column("time", "Time (UTC)", ("id",), heads=("time (UTC)", "event", "chain", "no."), fixed=True),
        Column("actor", "Actor", heads=("actor", "name", "role")),
        Column("action", "Action", heads=("action",)),
        Column("object", "Object", heads=("object kind", "object", "object version")),
        Column("state", "State", heads=("from", "to")),
        Column("digests", "Before → after", heads=("before", "after")),
        Column("displayed", "Displayed", heads=("displayed",), shown=False),
        Column("reason", "Reason", heads=("reason", "reason in words")),
        Column("versions", "G / P", heads=("guideline", "protocol")),
        Column("seal", "Seal", heads=("leaf",)),
        Column("hash", "Leaf hash", heads=("leaf hash",), shown=False),
    ),
    sort="-time",  # the newest first
    form=LogFilter,
)


@screen()
def log(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The project's log, the newest first: a page at a time, or all that was asked for as CSV or JSON."""
    member = acting_at(request, slug, LOG).person()
    project = member.project
    look = look_of(request, LOG, project)
    if look.opening:
        return redirect(look.opening)
    form = LogFilter(request.GET, project=project)
    rows = with_seal(readable_events(member))
    rows = _narrowed(rows, form.cleaned_data, project) if form.is_valid() else rows.none()
    if wants_csv(request):
        return as_csv(f"{slug}-log", look, rows, partial(lines, project))
    if request.GET.get("format") == "json":
        return as_json(slug, rows.order_by("pk"))
    page = page_of(request, look, rows)
    context = {
        "project": project,
        "here": "log",
        "form": form,
        "page": page,
        "events": _with_seals(project, page.rows),
        "json_url": page.csv_url.replace("format=csv", "format=json"),
    }
    return render(request, "auditor/log.html", context, status=200 if form.is_valid() else 422)


def _narrowed(rows: QuerySet[Any], asked: dict[str, Any], project: Project) -> QuerySet[Any]:
    if asked["kind"].endswith(".*"):
        rows = rows.filter(action__in=[a.value for a in Action if a.value.startswith(asked["kind"][:-1])])
    elif asked["kind"]:
        rows = rows.filter(action=asked["kind"])
    if asked["actor"]:
        rows = rows.filter(actor_id=asked["actor"])
    if asked["case"]:
        rows = rows.filter(stream_kind="case", stream_id__in=cases_named(project, asked["case"]))
    # The time stands in the event as text that sorts as it counts.
    if asked["since"]:
        rows = rows.filter(server_time__gte=_text(asked["since"]))
    if asked["until"]:
        rows = rows.filter(server_time__lt=_text(asked["until"]))
    return rows


def _text(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _with_seals(project: Project, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The events in plain words, each with its seal. Four queries for all of them."""
    covered = checkpointed(project)
    cases = _case_names(rows)
    return [
        {
            **event,
            "leaf": row.leaf_index,
            "seal": seal_of(row.leaf_index, covered.get(row.log_id, 0)),
            "case": cases.get(row.stream_id),
        }
        for event, row in zip(told(project, rows), rows, strict=True)
    ]


def _case_names(rows: Sequence[Any]) -> dict[UUID, str]:
    streams = {row.stream_id for row in rows if row.stream_kind == "case"}
    return dict(Case.objects.filter(pk__in=streams).values_list("pk", "external_ref"))


def seal_of(leaf: int | None, covered: int) -> str:
    """Where an event stands on its way into the signed tree."""
    if leaf is None:
        return "not yet"
    return f"leaf {leaf}, signed" if leaf < covered else f"leaf {leaf}, not signed yet"


@screen()
def event(request: HttpRequest, slug: str, event_id: UUID) -> HttpResponse:
    """One event: its whole body as it was hashed, and every content that it cites."""
    member = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person()
    row = with_seal(readable_events(member)).filter(event_id=event_id).first()
    if row is None:
        raise NotFound("There is no such event in this log, or its case is closed to you until it is final.")
    context = {
        "project": member.project,
        "here": "log",
        "event": _with_seals(member.project, [row])[0],
        "body": body_of(row),
        "contents": _contents(body_of(row)),
        "neighbours": _neighbours(member, row),
    }
    return render(request, "auditor/event.html", context)


def _contents(body: dict[str, Any]) -> list[tuple[str, str, Content | None]]:
    """What an event cites: as what, the digest, and the content if it is still kept. One query."""
    cited = [
        *((name, body[name]["digest"]) for name in ("before", "after", "diff") if body[name]),
        ("displayed", body["display"]),
        *((f"input: {item['role']}", item["digest"]) for item in body["inputs"]),
        *((name, body[name]["digest"]) for name in ("guideline", "protocol") if body[name]),
        ("credentials of the actor", body["actor"]["credentials"]),
    ]
    found = Content.objects.in_bulk([digest for _, digest in cited if digest])
    return [(name.replace("_", " "), digest, found.get(digest)) for name, digest in cited if digest]


def _neighbours(member: Membership, row: Event) -> dict[int, Any]:
    around = readable_events(member).filter(
        stream_id=row.stream_id, stream_seq__in=(row.stream_seq - 1, row.stream_seq + 1)
    )
    return {-1 if each.stream_seq < row.stream_seq else 1: each.event_id for each in around}
