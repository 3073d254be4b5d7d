"""What a manager does with datasets: compose, compose otherwise, lock, withdraw."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from provenance.datasets.composing import compose_dataset, recompose_dataset, withdraw_dataset
from provenance.datasets.criteria import stored
from provenance.datasets.locking import lock_dataset
from provenance.datasets.queries import dataset_of, shown
from provenance.datasets.selecting import composition, in_force
from provenance.models import Dataset
from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import sent
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.models import Project
from workflow.permissions import Kind, Verb

from .forms import ComposeForm, CriteriaForm, LockForm, WithdrawDatasetForm, initial_of
from .pages import page_of


@screen("GET", "POST")
def new_dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a dataset."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.DATASET)
    project = acting.person().project
    form = ComposeForm(sent(request), project, composition(project, in_force(project)))
    return _composed(request, acting, project, form, "Compose a dataset")


@screen("GET", "POST")
def next_version(request: HttpRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """Plan the next version of a locked dataset."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.DATASET)
    project = acting.person().project
    earlier = dataset_of(project, dataset_id)
    form = _criteria_form(request, earlier)
    return _composed(request, acting, project, form, f"The next version of {earlier.name}", earlier)


def _composed(
    request: HttpRequest,
    acting: Acting,
    project: Project,
    form: CriteriaForm,
    title: str,
    earlier: Dataset | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = compose_dataset(
                acting=acting,
                project=project,
                name=form.cleaned_data.get("name", ""),
                criteria=form.criteria(),
                supersedes=earlier,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_dataset", project.slug, made.pk)
    return _form(request, project, form, title, earlier)


@screen("GET", "POST")
def recompose(request: HttpRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """Change what a plan takes in."""
    acting = acting_in_project(request, slug, Verb.PLAN, Kind.DATASET)
    known = dataset_of(acting.person().project, dataset_id)
    form = _criteria_form(request, known)
    if request.method == "POST" and form.is_valid():
        try:
            recompose_dataset(acting=acting, dataset=known, criteria=form.criteria())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_dataset", slug, dataset_id)
    return _form(request, known.project, form, f"Compose {known.title} otherwise", known)


@screen("POST")
def lock(request: HttpRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """Lock a dataset; what was wrong is said on its page."""
    acting = acting_in_project(request, slug, Verb.LOCK, Kind.DATASET)
    known, posted = dataset_of(acting.person().project, dataset_id), request.POST.copy()
    form = LockForm(posted)
    if form.is_valid():
        given = form.cleaned_data
        try:
            done = lock_dataset(
                acting=acting,
                dataset=known,
                seen=given["seen"],
                reason_code=given["reason_code"],
                reason=given["note"].strip(),
            )
        except DomainError as error:
            form.refuse(error)
            known = dataset_of(known.project, dataset_id)
        else:
            messages.success(request, f"{done.title} is locked with {done.cases} cases.")
            return redirect("project_dataset", slug, dataset_id)
    one = shown(known)
    posted["seen"] = one.seen  # looked at again, they can be locked
    return page_of(request, "projects", one, form, status=422)


@screen("GET", "POST")
def withdraw(request: HttpRequest, slug: str, dataset_id: UUID) -> HttpResponse:
    """Say that a dataset shall not be used any more."""
    acting = acting_in_project(request, slug, Verb.WITHDRAW, Kind.DATASET)
    known, form = dataset_of(acting.person().project, dataset_id), WithdrawDatasetForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["note"].strip()
        try:
            withdraw_dataset(
                acting=acting, dataset=known, reason_code=form.cleaned_data["reason_code"], reason=reason
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect("project_dataset", slug, dataset_id)
    context = {"project": known.project, "here": "datasets", "dataset": known, "form": form}
    return render(request, "datasets/withdraw.html", context, status=422 if form.errors else 200)


def _criteria_form(request: HttpRequest, known: Dataset) -> CriteriaForm:
    project = known.project
    there = composition(project, in_force(project))
    return CriteriaForm(sent(request), project, there, initial=initial_of(stored(known.criteria)))


def _form(
    request: HttpRequest, project: Project, form: CriteriaForm, title: str, known: Dataset | None
) -> HttpResponse:
    context: dict[str, Any] = {"project": project, "here": "datasets", "form": form, "title": title}
    context["dataset"] = known
    return render(request, "datasets/form.html", context, status=422 if form.errors else 200)
