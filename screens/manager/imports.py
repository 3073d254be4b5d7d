"""Imports of images: opened with a manifest or without, watched, sent on their way, withdrawn."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.log import Reason
from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import sent
from tasks.importing.listing import progress_of_each
from tasks.importing.queries import cases_at_gate, imports_of, progress_of, rows_of
from tasks.importing.withdrawing import withdraw_import
from tasks.jobs import take_in_soon
from workflow.access import cases_open_to
from workflow.acting import Acting
from workflow.errors import DomainError, InvalidInput
from workflow.images.manifest import LARGEST
from workflow.images.receiving import LARGEST_PIECE, MOST_ANNOUNCED, import_of, open_import, submit_import
from workflow.models import Case, ImportBatch, ImportRow
from workflow.permissions import Kind, Verb
from workflow.reasons import fault

from .import_forms import NewImportForm, WithdrawForm

MOST_SHOWN = 200  # imports in the list; refused cases of one
MOST_WAITING = 20


@screen()
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """Every import with how far it is, the newest first."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
    project = acting.person().project
    batches = list(imports_of(project).order_by("-created_at", "pk")[:MOST_SHOWN])
    progress = progress_of_each(batches)
    context = {"project": project, "here": "images", "found": [(one, progress[one.pk]) for one in batches]}
    return render(request, "manager/imports.html", context | {"at_gate": _at_gate(acting)})


@screen("GET", "POST")
def new_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how cases come of what will be sent; the manifest's faults are told line by line."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
    project, form = acting.person().project, NewImportForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _opened(acting, form)
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_one_import", slug, batch.pk)
    context = {"project": project, "here": "images", "form": form}
    return render(request, "manager/import_new.html", context, status=422 if form.errors else 200)


@screen()
def one_import(request: HttpRequest, slug: str, import_id: UUID) -> HttpResponse:
    """How far an import is, and what became of its cases."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
    project = acting.person().project
    batch = import_of(project, import_id)
    context = {
        "project": project,
        "here": "images",
        "batch": batch,
        "progress": progress_of(batch),
        "unfit": list(rows_of(batch).filter(result=ImportRow.Result.REFUSED)[:MOST_SHOWN]),
        "waiting": _waiting(acting, batch),
        "most": MOST_SHOWN,
        "piece": LARGEST_PIECE,
        "at_once": MOST_ANNOUNCED,
    }
    return render(request, "manager/import_one.html", context)


@screen("POST")
def send_off(request: HttpRequest, slug: str, import_id: UUID) -> HttpResponse:
    """Say that every file is here."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
    submit_import(acting=acting, batch=import_of(acting.person().project, import_id))
    take_in_soon(import_id)
    return redirect("project_one_import", slug, import_id)


@screen("GET", "POST")
def withdraw(request: HttpRequest, slug: str, import_id: UUID) -> HttpResponse:
    """Say what withdrawing will do; on POST do it."""
    acting = acting_in_project(request, slug, Verb.WITHDRAW, Kind.IMPORT)
    batch, form = import_of(acting.person().project, import_id), WithdrawForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reason = Reason(form.cleaned_data["reason_code"], form.cleaned_data["note"].strip())
        try:
            withdraw_import(acting=acting, batch=batch, reason=reason)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "The import is withdrawn: its cases are excluded, its images deleted.")
            return redirect("project_one_import", slug, import_id)
    context = {"project": batch.project, "here": "images", "batch": batch, "form": form}
    context["cases"] = Case.objects.filter(images__batch=batch).distinct().count()
    context["images"] = batch.instances.count()
    return render(request, "manager/import_withdraw.html", context, status=422 if form.errors else 200)


def _opened(acting: Acting, form: NewImportForm) -> ImportBatch:
    given = form.cleaned_data
    return open_import(
        acting=acting,
        project=acting.person().project,
        unit=given["unit"],
        split=given["split"],
        manifest=_text(given["manifest"]),
    )


def _text(uploaded: object) -> str:
    if not isinstance(uploaded, UploadedFile):
        return ""
    if (uploaded.size or 0) > LARGEST:
        message = f"The manifest has more than {LARGEST // 1024 // 1024} MiB. Import it in parts."
        raise InvalidInput([fault("/manifest", "unfit", message)])
    try:
        return str(uploaded.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        message = "The manifest is not UTF-8 text. Save it as CSV in UTF-8, then try again."
        raise InvalidInput([fault("/manifest", "unfit", message)]) from None


def _waiting(acting: Acting, batch: ImportBatch) -> list[Case]:
    seen = cases_open_to([acting.person()]).filter(images__batch=batch).values("pk")
    return list(cases_at_gate(batch.project).filter(pk__in=seen)[:MOST_WAITING])


def _at_gate(acting: Acting) -> int:
    seen = cases_open_to([acting.person()]).values("pk")
    return cases_at_gate(acting.person().project).filter(pk__in=seen).count()
