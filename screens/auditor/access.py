"""Who saw what when: the access log as a table, narrowed by person, case, time and kind. Reading it is a row of it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render

from audit.access import Code
from audit.access_messages import MEANINGS, as_xml
from audit.models import Access
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from workflow.access_log import meaning, names_in, readable_access, with_batch
from workflow.models import Project
from workflow.permissions import Kind
from workflow.queries import checkpointed
from workflow.seeing import saw

from .log import seal_of
from .narrowing import InTheProject, cases_named

WHAT: Final = {
    "frames": "frames of images",
    "frames_ahead": "frames sent ahead of a claim",
    "rendered": "an image",
    "thumbnail": "a small picture",
    "instance": "a whole file",
    "bulkdata": "data of a file",
    "metadata": "headers of images",
    "images_listed": "the list of a case’s images",
    "query": "a list",
    "link": "a link to an outside viewer",
    "record": "a case’s file or task",
    "originals": "original files",
    "access_log": "this log",
}


class AccessFilter(InTheProject):
    """Which accesses."""

    field_order = ("actor", "what", "code")
    what = forms.ChoiceField(
        required=False, label="What", choices=[("", "anything"), *((key, said) for key, said in WHAT.items())]
    )
    code = forms.ChoiceField(
        required=False,
        label="Kind (DICOM)",
        choices=[("", "any"), *((code.value, said) for code, said in MEANINGS.items())],
    )


ACCESS: Final = Listing(
    name="audit_access",
    title="Access",
    kinds=(Kind.ACCESS_LOG,),
    columns=(
        Column("time", "Time (UTC)", ("at",), heads=("time (UTC)", "number"), fixed=True),
        Column("actor", "Who", heads=("actor", "name", "role")),
        Column("what", "What", heads=("what", "DICOM event id", "DICOM event")),
        Column("case", "Case", heads=("case", "reference", "task")),
        Column("images", "Images", heads=("study", "series", "instance", "frames")),
        Column("request", "Request", heads=("request",), shown=False),
        Column("seal", "Batch and seal", heads=("event of its batch", "leaf")),
    ),
    sort="-time",  # the newest first
    form=AccessFilter,
    tie="id",
)


@screen()
def access(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Who saw what in a project, the newest first: a page at a time, or all that was asked for as CSV."""
    acting = acting_at(request, slug, ACCESS)
    project = acting.person().project
    look = look_of(request, ACCESS, project)
    if look.opening:
        return redirect(look.opening)
    saw(acting, "access_log", code=Code.AUDIT_LOG_USED)
    form = AccessFilter(request.GET, project=project)
    rows = with_batch(readable_access(acting.person()))
    rows = _narrowed(rows, form.cleaned_data, project) if form.is_valid() else rows.none()
    if wants_csv(request):
        return as_csv(f"{slug}-access", look, rows, partial(_lines, project))
    if request.GET.get("format") == "xml":
        return _as_messages(slug, rows.order_by("at", "id"), project)
    page = page_of(request, look, rows)
    context = {
        "project": project,
        "here": "access",
        "form": form,
        "page": page,
        "rows": _in_words(project, page.rows),
        "xml_url": page.csv_url.replace("format=csv", "format=xml"),
    }
    return render(request, "auditor/access.html", context, status=200 if form.is_valid() else 422)


def _as_messages(slug: str, rows: QuerySet[Any], project: Project) -> StreamingHttpResponse:
    """The rows as audit messages of DICOM PS3.15 A.5 in one XML file."""
    found = as_xml(rows.iterator(chunk_size=500), project.log.origin)
    response = StreamingHttpResponse(found, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-access.xml"'
    return response


def _narrowed(rows: QuerySet[Any], asked: dict[str, Any], project: Project) -> QuerySet[Any]:
    exactly = {name: asked[name] for name in ("actor", "what", "code") if asked[name]}
    rows = rows.filter(**exactly)
    if asked["case"]:
        rows = rows.filter(case_id__in=cases_named(project, asked["case"]))
    if asked["since"]:
        rows = rows.filter(at__gte=asked["since"])
    return rows.filter(at__lt=asked["until"]) if asked["until"] else rows


def _in_words(project: Project, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a page with names, each with its seal. Three queries for all of them."""
    (people, cases), covered = names_in(project, rows), checkpointed(project)
    return [
        {
            "row": row,
            "name": people.get(row.actor, ""),
            "what": WHAT.get(row.what, row.what),
            "meaning": meaning(row.code),
            "case": cases.get(row.case_id, ""),
            "seal": seal_of(row.leaf_index, covered.get(row.batch.log_id, 0)) if row.batch else "",
        }
        for row in rows
    ]


def _lines(project: Project, rows: Sequence[Access]) -> Iterator[tuple[object, ...]]:
    people, cases = names_in(project, rows)
    for row in rows:
        sealed: Any = row
        yield (
            row.at, row.id, row.actor, people.get(row.actor), row.role, row.what, row.code, meaning(row.code),
            row.case_id, cases.get(row.case_id) if row.case_id else None, row.task_id, row.study, row.series,
            row.instance, " ".join(map(str, row.frames)), row.request, sealed.event_id, sealed.leaf_index,
        )  # fmt: skip
