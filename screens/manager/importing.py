"""Cases from a CSV file: checked row by row, then all registered together or none."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, sent
from tasks.cases import register
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.intake import Row, check_cases
from workflow.permissions import Kind, Verb

from .table import LARGEST, Line, decoded, lines_of, strata_of

RESULTS: Final = {"registered": "new", "exists": "is there already", "refused": "wrong"}


@dataclass(frozen=True, slots=True)
class RowTold:
    """A row of the file, and what will become of it."""

    line: Line
    result: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Every row of a file, counted by what will become of it."""

    rows: list[RowTold]
    strata: list[str]

    @property
    def new(self) -> int:
        """How many would be registered."""
        return sum(row.result == "new" for row in self.rows)

    @property
    def wrong(self) -> int:
        """How many have faults."""
        return sum(row.result == "wrong" for row in self.rows)

    @property
    def there(self) -> int:
        """How many are registered already."""
        return len(self.rows) - self.new - self.wrong


class ImportForm(Styled):
    """A CSV file, or its text."""

    unmarked = True
    file = forms.FileField(
        required=False, label="A CSV file", widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )
    table = forms.CharField(
        required=False,
        max_length=LARGEST,
        strip=False,
        label="Or its text",
        widget=forms.Textarea(attrs={"rows": 8, "class": "form-control code", "spellcheck": "false"}),
    )

    def text(self) -> str:
        """The file's text if there is a file, or what stands in the text field; InvalidInput if neither is usable."""
        uploaded = self.cleaned_data.get("file")
        return decoded(uploaded.read()) if isinstance(uploaded, UploadedFile) else self.cleaned_data["table"]


@screen("GET", "POST")
def import_cases(request: HttpRequest, slug: str) -> HttpResponse:
    """Check a file; with `do=register`, register all of its cases if none has a fault."""
    acting = acting_in_project(request, slug, Verb.REGISTER, Kind.CASE)
    form = ImportForm(sent(request), request.FILES)
    check = None
    if request.method == "POST" and form.is_valid():
        try:
            text = form.text()
            form = ImportForm(
                initial={"table": text}
            )  # a file's text too is shown, so that it can be mended here
            check = _checked(acting, text)
            if request.POST.get("do") == "register" and check.new and not check.wrong:
                return _registered(request, acting, slug, check)
        except DomainError as error:
            form = ImportForm({"table": form.initial.get("table", request.POST.get("table", ""))})
            form.is_valid()
            form.refuse(error)
    context = {"project": acting.person().project, "here": "import", "form": form, "check": check}
    return render(request, "manager/import.html", context, status=422 if form.errors else 200)


def _checked(acting: Acting, text: str) -> Check:
    lines = lines_of(text)
    rows = check_cases(acting.person().project, [line.case for line in lines])
    return Check([_told(line, row) for line, row in zip(lines, rows, strict=True)], strata_of(text))


def _told(line: Line, row: Row) -> RowTold:
    faults = (*line.faults, *(fault["message"] for fault in row.faults))
    return RowTold(line, RESULTS["refused"] if faults else RESULTS[row.result], faults)


def _registered(request: HttpRequest, acting: Acting, slug: str, check: Check) -> HttpResponse:
    with transaction.atomic():
        rows = register(
            acting=acting, project=acting.person().project, cases=[told.line.case for told in check.rows]
        )
        if any(row.result == "refused" for row in rows):
            # Somebody registered a case of the same patient in another split a moment ago.
            transaction.set_rollback(True)
            messages.error(
                request, "Something changed meanwhile; nothing was registered. Check the file again."
            )
            return redirect("project_import", slug)
    count = sum(row.result == "registered" for row in rows)
    messages.success(request, f"{count} case{'' if count == 1 else 's'} registered.")
    return redirect("project_cases", slug)
