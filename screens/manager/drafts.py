"""Drafts of guideline and protocol: begun from what is in force, edited, every fault named at its place."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, sent
from workflow.documents import GUIDELINE
from workflow.drafting import (
    document_of,
    faults_of,
    lines_by_path,
    mark_of,
    redraft,
    text_of,
)
from workflow.errors import AlreadyDone, DomainError
from workflow.examples import abridged, new_example, whole
from workflow.models import Project
from workflow.permissions import Kind, Verb
from workflow.protocol.protocol import SCHEMA as PROTOCOL
from workflow.versions import draft_guideline, draft_protocol

from .json_field import JsonField
from .versions import LINES, version_of, versions_of

LARGEST_SENT: Final = 10 * 1024 * 1024  # bytes of a picture before it is made anew
PICTURE: Final = (
    "A PNG or JPEG file without anybody’s name in it, at most 2 MiB. Only its pixels are kept; in the list above its"
    " digest stands for it."
)
KINDS: Final = {"guideline": Kind.GUIDELINE, "protocol": Kind.PROTOCOL}
FIRST: Final[dict[str, dict[str, Any]]] = {
    "guideline": {
        "schema": GUIDELINE,
        "title": "",
        "instructions": "",
        "label_schema": {"schema": "consilium/label-schema/v1", "fields": []},
        "examples": [],
    },
    "protocol": {
        "schema": PROTOCOL,
        "reads": {"rule": "2+1", "count": 2, "max": 3},
        "fields": {},
        "safety_contact": {"acknowledge_within": "24h"},
    },
}


class Draft(Styled):
    """What every draft's form has: the mark of the state that its author began from."""

    unmarked = True
    seen = forms.CharField(widget=forms.HiddenInput)


class GuidelineForm(Draft):
    """A guideline: what readers are told, and what they answer."""

    title = forms.CharField(max_length=200, label="Title", required=False)
    instructions = forms.CharField(
        required=False,
        strip=False,
        max_length=500_000,
        label="Instructions",
        help_text="Markdown. What a reader must know, with every rule that decides a case.",
        widget=forms.Textarea(attrs={"rows": 14, "class": "form-control code", "data-keep": "yes"}),
    )
    label_schema = JsonField(label="Label schema (JSON)", rows=22)
    examples = JsonField(label="Examples (JSON list)", rows=4, kind=list)
    example_title = forms.CharField(
        max_length=200,
        required=False,
        label="New example: title",
        help_text="Added behind the others when the draft is saved.",
    )
    example_text = forms.CharField(
        max_length=20_000,
        required=False,
        strip=False,
        label="New example: text",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
    example_image = forms.FileField(
        required=False,
        label="New example: picture",
        help_text=PICTURE,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    example_alt = forms.CharField(
        max_length=500,
        required=False,
        label="New example: what is to be seen in the picture",
        help_text="Read out to who can’t see it.",
    )

    def clean_example_image(self) -> Any:
        """Not larger than what is read at once."""
        sent = self.cleaned_data["example_image"]
        if sent and sent.size > LARGEST_SENT:
            raise forms.ValidationError("This file has more than 10 MiB: make the picture smaller.")
        return sent

    def added(self) -> list[dict[str, Any]]:
        """The new example, if there is one; InvalidInput says what is wrong with its picture."""
        given = {name: self.cleaned_data[f"example_{name}"] for name in ("title", "text", "alt")}
        image = self.cleaned_data["example_image"]
        if not image and not given["title"] and not given["text"]:
            return []
        return [new_example(**given, image=image.read() if image else None)]

    def document(self) -> dict[str, Any]:
        """The guideline as the form has it."""
        given = self.cleaned_data
        instructions = given["instructions"].replace("\r\n", "\n")
        return {
            "schema": GUIDELINE,
            "title": given["title"],
            "instructions": instructions,
            "label_schema": given["label_schema"],
            "examples": [*given["examples"], *self.added()],
        }

    def told(self, before: dict[str, Any]) -> dict[str, Any]:
        """The same, with the data of images for which their digests stand in the form."""
        document = self.document()
        return document | {"examples": whole(document["examples"], before.get("examples") or [])}


class ProtocolForm(Draft):
    """A protocol: how reads become truth."""

    protocol = JsonField(label="Protocol (JSON)", rows=34)

    def document(self) -> dict[str, Any]:
        """The protocol as the form has it."""
        return dict(self.cleaned_data["protocol"])

    def told(self, before: dict[str, Any]) -> dict[str, Any]:
        """The same: nothing of a protocol stands for something else."""
        return self.document()


FORMS: Final[dict[str, type[GuidelineForm] | type[ProtocolForm]]] = {
    "guideline": GuidelineForm,
    "protocol": ProtocolForm,
}


@screen("POST")
def begin(request: HttpRequest, slug: str, line: str) -> HttpResponse:
    """Begin a draft from what is in force, or from the least that a first version needs."""
    acting = acting_in_project(request, slug, Verb.DRAFT, KINDS.get(line, Kind.GUIDELINE))
    project = acting.person().project
    rows = versions_of(line, project)
    if (open_draft := rows.filter(status="draft").first()) is not None:
        messages.info(request, f"Version {open_draft.number} is a draft already: go on with it.")
        return redirect("project_draft", slug, line, open_draft.number)
    begun = (draft_guideline if line == "guideline" else draft_protocol)(
        acting=acting, project=project, document=_from(line, project)
    )
    return redirect("project_draft", slug, line, begun.number)


def _from(line: str, project: Project) -> dict[str, Any]:
    before = LINES[line].objects.filter(project=project, status="published").select_related("content").first()
    return document_of(before) if before else FIRST[line]


@screen("GET", "POST")
def draft(request: HttpRequest, slug: str, line: str, number: str) -> HttpResponse:
    """Edit a draft: what is saved may still have faults, and each is named with its line."""
    acting = acting_in_project(request, slug, Verb.DRAFT, KINDS.get(line, Kind.GUIDELINE))
    version = version_of(acting.person().project, line, int(number))
    if version.content is not None:
        raise AlreadyDone("This version is published; it never changes. Begin a new one from it.")
    form = FORMS[line](sent(request), request.FILES or None, initial=_initial(line, version))
    if request.method == "POST" and form.is_valid():
        try:
            document = form.told(document_of(version))
            redraft(acting=acting, version=version, document=document, seen=form.cleaned_data["seen"])
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, "The draft is saved.")
            return redirect("project_draft", slug, line, number)
    context = {"project": version.project, "here": "versions", "line": line, "version": version, "form": form}
    context["faults"] = [] if form.is_bound else _faults(line, version)
    return render(request, "manager/draft.html", context, status=422 if form.errors else 200)


def _initial(line: str, version: Any) -> dict[str, Any]:
    document = document_of(version)
    seen = {"seen": mark_of(version)}
    if line == "protocol":
        return {**seen, "protocol": text_of(document)}
    examples = document.get("examples") or []
    shown = abridged(examples) if isinstance(examples, list) else examples
    texts = {"label_schema": text_of(document.get("label_schema", {})), "examples": text_of(shown)}
    return {**seen, **{name: document.get(name, "") for name in ("title", "instructions")}, **texts}


def _faults(line: str, version: Any) -> list[dict[str, Any]]:
    """The draft's faults, each with the line of the text field that it is in."""
    document = document_of(version)
    found = lines_by_path(document) if line == "protocol" else _lines_of_schema(document)
    try:
        faults = faults_of(version)
    except DomainError as error:
        return [{"path": "", "message": error.detail}]
    return [{**fault, "line": found.get(fault["path"])} for fault in faults]


def _lines_of_schema(document: dict[str, Any]) -> dict[str, int]:
    within = lines_by_path(document.get("label_schema", {}), "/label_schema")
    return {path: line for path, line in within.items() if path != "/label_schema"}
