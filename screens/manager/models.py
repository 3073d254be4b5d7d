"""Models that read here: what readers make of their marks, read by read, with the figures of each model."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.staffed import screen
from screens.styled import Narrowing, Styled, sent
from workflow.assistance.measuring import Measures, OfModel, assistances_of, measured, models_of
from workflow.assistance.registering import register_model
from workflow.errors import DomainError
from workflow.models import Assistance, ReaderModel
from workflow.permissions import Kind, Verb
from workflow.queries import name_of
from workflow.seeing import saw_list

SHIFTS: Final = (
    ("unchanged", "unchanged"),
    ("towards", "towards the model"),
    ("away", "away from the model"),
    ("neither", "changed otherwise"),
)


class AssistanceFilter(Narrowing):
    """Which reads; what is empty narrows nothing."""

    case = forms.CharField(required=False, max_length=200, label="Reference contains")
    model = forms.CharField(required=False, max_length=120, label="Model contains")
    unchanged = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("yes", "all marks left as they were"), ("no", "some changed or dropped")],
        label="Marks",
    )
    shift = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *SHIFTS],
        label="Since the commitment",
    )


class ModelForm(Styled):
    """A model: what it is called, its file's digest, and what it is meant for."""

    name = forms.CharField(max_length=120, label="Name")
    version = forms.CharField(max_length=60, label="Version")
    digest = forms.CharField(
        max_length=80,
        label="SHA-256 of its file or weights",
        help_text="sha256: and 64 hexadecimal digits, as sha256sum tells them, or chosen below.",
        widget=forms.TextInput(
            attrs={"class": "form-control code", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    intended_use = forms.CharField(
        max_length=2000,
        label="Intended use",
        help_text="What it is meant for, on which images, in whose hands.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )

    def clean_digest(self) -> str:
        """As the log has it, also where the scheme was left out."""
        digest = str(self.cleaned_data["digest"]).strip().lower()
        return digest if digest.startswith("sha256:") else f"sha256:{digest}"


MODELS: Final = Listing(
    name="project_models",
    title="Reads with a model’s marks",
    kinds=(Kind.OVERVIEW, Kind.MODEL),
    columns=(
        Column("case", "Case", ("read__case__external_ref",), heads=("case",), fixed=True),
        Column("reader", "Reader", heads=("reader",)),
        Column("model", "Model", heads=("model", "version")),
        Column("submitted", "Submitted", ("read__submitted_at",), heads=("submitted (UTC)",)),
        Column("kept", "Left as it was", ("kept",), number=True, heads=("kept",)),
        Column("changed", "Changed", ("changed",), number=True, heads=("changed",)),
        Column("dropped", "Dropped", ("dropped",), number=True, heads=("dropped",)),
        Column("added", "Added", ("added",), number=True, heads=("added",)),
        Column("shift", "Since the commitment", ("shift",), heads=("since commitment",)),
    ),
    sort="-submitted",
    form=AssistanceFilter,
)


@screen("GET", "POST")
def new_model(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a model read here. It never changes: another file is another version."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.MODEL)
    project, form = acting.person().project, ModelForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            model = register_model(acting=acting, project=project, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{model.name} {model.version} is registered.")
            return redirect("project_models", slug)
    context = {"project": project, "here": "models", "form": form}
    return render(request, "manager/model_new.html", context, status=422 if form.errors else 200)


@screen()
def models(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every model with its figures, and the reads that were made with its marks on the page."""
    acting = acting_at(request, slug, MODELS)
    project = acting.person().project
    look = look_of(request, MODELS, project)
    if look.opening:
        return redirect(look.opening)
    form = AssistanceFilter(request.GET)
    rows = assistances_of(project).select_related("read__case", "read__member__user", "prediction__model")
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    saw_list(acting)
    if wants_csv(request):
        return as_csv(f"{slug}-reads-with-models", look, rows, _lines)
    found = [(one, measured(one)) for one in models_of(project)]
    context = {
        "project": project,
        "here": "models",
        "form": form,
        "found": found,
        "after": [line for one, of in found for line in _after(one, of)],
        "page": page_of(request, look, rows),
    }
    return render(request, "manager/models.html", context)


def _after(model: ReaderModel, of: OfModel) -> Iterator[tuple[ReaderModel, str, Measures]]:
    """The measures of reads that followed a commitment, in all and reader by reader; none without any."""
    whole = [("", of.measures), *((reader.name, reader.measures) for reader in of.readers)]
    return ((model, name, measures) for name, measures in whole if measures.committed)


def _narrowed(rows: QuerySet[Assistance], asked: dict[str, Any]) -> QuerySet[Assistance]:
    if asked["case"]:
        rows = rows.filter(read__case__external_ref__icontains=asked["case"])
    if asked["model"]:
        rows = rows.filter(prediction__model__name__icontains=asked["model"])
    if asked["shift"]:
        rows = rows.filter(shift=asked["shift"])
    untouched = {"changed": 0, "dropped": 0}
    match asked["unchanged"]:
        case "yes":
            return rows.filter(**untouched)
        case "no":
            return rows.exclude(**untouched)
    return rows


def _lines(rows: Sequence[Assistance]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        read, model = row.read, row.prediction.model
        yield (
            read.case.external_ref, name_of(read.member), model.name, model.version, read.submitted_at,
            row.kept, row.changed, row.dropped, row.added, row.shift,
        )  # fmt: skip
