"""Quality: how well the readers of a project agree, for its managers and auditors."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from screens.access import acting_in_project, acting_on_agreement
from screens.pictures import pictures_of
from screens.staffed import screen
from screens.styled import Styled
from workflow.errors import DomainError
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.kept import Kept
from workflow.measuring.pairwise import MOST_CASES
from workflow.measuring.quality import quality_of
from workflow.measuring.quality_charts import QUALITY_CHARTS
from workflow.measuring.taken import Conditions, strata_of
from workflow.models import Case, GuidelineVersion, Project
from workflow.permissions import Kind, Verb

from .compared import bins_of, heat_maps, mixed_up
from .rows import left_out_words, rows_of
from .sample import sample_of

# Where the page stands: its layout, and what opens that door.
PLACES: Final = {
    "audit": ("auditor/project.html", Kind.LOG),
    "projects": ("manager/project.html", Kind.OVERVIEW),
}
MOST_DOUBTFUL = 20


class Which(Styled):
    """Which cases are looked at."""

    guideline = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label="Guideline version"
    )
    split = forms.ChoiceField(required=False)
    by = forms.ChoiceField(required=False, label="Subgroups by")
    pilot = forms.BooleanField(required=False, label="The pilot alone")

    def __init__(self, data: Any, project: Project) -> None:
        super().__init__(data)
        numbers = GuidelineVersion.objects.filter(project=project, content__isnull=False).order_by("-number")
        versions = [(str(n), f"Version {n}") for n in numbers.values_list("number", flat=True)]
        self._choose("guideline", [("", "Every version"), *versions])
        self._choose("split", [("", "Every split"), *Case.Split.choices])
        self._choose("by", [("", "No subgroups"), *((name, name) for name in strata_of(project))])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@screen()
def quality(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """The agreement of the planned first reads, by the conditions in the address."""
    layout, door = PLACES[place]
    acting_in_project(request, slug, Verb.SEE, door)
    project = acting_on_agreement(request, slug).person().project
    form = Which(request.GET, project)
    context = {"layout": layout, "place": place, "project": project, "here": "quality", "form": form}
    if form.is_valid():
        conditions = Conditions(**form.cleaned_data)
        context |= _measured(project, conditions)
        if "refusal" not in context and not conditions.document():
            context |= _compared(project, opens=place == "projects")
    return render(request, "quality/page.html", context, status=422 if form.errors else 200)


def _measured(project: Project, conditions: Conditions) -> dict[str, Any]:
    try:
        kept = agreement_of(project, conditions)
    except DomainError as error:
        return {"refusal": error}
    return {"kept": kept, **_shown(kept)} if kept.document else {"kept": kept}


def _compared(project: Project, *, opens: bool) -> dict[str, Any]:
    """Charts and tables of all cases; nothing while they are computed for the first time."""
    document = quality_of(project).document
    if document is None:
        return {}
    return {
        "pictures": pictures_of(project, (draw(document) for draw in QUALITY_CHARTS.values())),
        "maps": heat_maps(project, document, opens=opens),
        "mixed": mixed_up(project, document, opens=opens),
        "bins": bins_of(project, document, opens=opens),
        "most_cases": MOST_CASES,
    }


def _doubtful(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields with accepted answers to look at again, each case by its reference."""
    fields = [one for one in document.get("doubtful", {}).get("fields", ()) if one["cases"]]
    wanted = {each["case_id"] for one in fields for each in one["cases"][:MOST_DOUBTFUL]}
    refs = {str(pk): ref for pk, ref in Case.objects.filter(pk__in=wanted).values_list("pk", "external_ref")}
    return [
        {
            "path": one["path"],
            "count": len(one["cases"]),
            "cases": [{**each, "ref": refs[each["case_id"]]} for each in one["cases"][:MOST_DOUBTFUL]],
        }
        for one in fields
    ]


def _shown(kept: Kept) -> dict[str, Any]:
    document = kept.document or {}
    groups = document.get("subgroups", {}).get("groups", [])
    return {
        "document": document,
        "left_out": left_out_words(document["left_out"]),
        "rows": rows_of(document),
        "groups": [(group["value"], group["cases"], rows_of(group)) for group in groups],
        "sample": sample_of(document.get("concordant_sample")),
        "doubtful": _doubtful(document),
    }
