"""Imports: opened, watched, submitted once every file is here, and withdrawn."""

from typing import ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input, Text
from api.idempotency import changing
from api.importfile import ImportOut, ImportRowOut
from api.pagination import Cursor
from tasks.importing.queries import imports_of, rows_of
from tasks.importing.withdrawing import withdraw_import
from tasks.jobs import take_in_soon
from workflow.acting import Acting
from workflow.images.manifest import LARGEST
from workflow.images.receiving import import_of, open_import, submit_import
from workflow.models import Case, ImportBatch, ImportRow
from workflow.permissions import Kind, Verb

from .base import View, operation
from .managing import ReasonIn, reason_of


class ImportIn(Input):
    """How cases come of the files: of each study, of each series, or as the manifest (the text of a CSV file) says.

    `split`: of cases for which the manifest names none.
    """

    unit = serializers.ChoiceField(
        ImportBatch.Unit.choices, required=False, default=ImportBatch.Unit.STUDY.value
    )
    split = serializers.ChoiceField(Case.Split.choices, required=False, allow_blank=True, default="")
    manifest = Text(max_length=LARGEST, required=False, allow_blank=True, trim_whitespace=False, default="")


class CasesFilter(Input):
    """Which of the wanted cases."""

    result = serializers.MultipleChoiceField(choices=ImportRow.Result.choices, required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class Imports(View):
    """The imports of a project."""

    pagination_class = Cursor
    problems: ClassVar[frozenset[int]] = frozenset({503})

    @operation(operation_id="list_imports", responses=ImportOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Every import with how far it is, oldest first."""
        project = acting_in_project(request, slug, Verb.SEE, Kind.IMPORT).person().project
        return self.page(request, imports_of(project), ImportOut)

    @operation(operation_id="open_import", request=ImportIn, responses={201: ImportOut})
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Begin an import. Then announce its files, send them, and submit it."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
        given = self.given(request, ImportIn)
        batch = open_import(acting=acting, project=acting.person().project, **given)
        return _shown(acting, batch.pk, 201)


class ImportDetail(View):
    """One import."""

    @operation(operation_id="get_import", responses=ImportOut)
    def get(self, request: Request, slug: str, import_id: UUID) -> Response:
        """How far an import is: bytes, files by state, cases by result."""
        return _shown(acting_in_project(request, slug, Verb.SEE, Kind.IMPORT), import_id)


class SubmitImport(View):
    """The end of sending."""

    @operation(operation_id="submit_import", request=None, responses={202: ImportOut})
    @changing
    def post(self, request: Request, slug: str, import_id: UUID) -> Response:
        """Say that every file is here; the machine takes them in, and makes cases of them."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.IMPORT)
        submit_import(acting=acting, batch=import_of(acting.person().project, import_id))
        take_in_soon(import_id)
        return _shown(acting, import_id, 202)


class WithdrawImport(View):
    """Taking an import back."""

    @operation(operation_id="withdraw_import", request=ReasonIn, responses=ImportOut)
    @changing
    def post(self, request: Request, slug: str, import_id: UUID) -> Response:
        """Exclude the cases of an import and delete its images: all or nothing, until somebody claims one of them."""
        acting = acting_in_project(request, slug, Verb.WITHDRAW, Kind.IMPORT)
        batch, given = import_of(acting.person().project, import_id), self.given(request, ReasonIn)
        withdraw_import(acting=acting, batch=batch, reason=reason_of(given))
        return _shown(acting, import_id)


class ImportCases(View):
    """The cases that an import was to bring."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("number",)

    @operation(operation_id="list_import_cases", parameters=[CasesFilter], responses=ImportRowOut(many=True))
    def get(self, request: Request, slug: str, import_id: UUID) -> Response:
        """Row by row: what became of each wanted case, and why it was refused."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.IMPORT)
        rows, asked = rows_of(import_of(acting.person().project, import_id)), self.asked(request, CasesFilter)
        if asked.get("result"):
            rows = rows.filter(result__in=asked["result"])
        return self.page(request, rows, ImportRowOut)


def _shown(acting: Acting, import_id: UUID, status: int = 200) -> Response:
    return Response(ImportOut(import_of(acting.person().project, import_id)).data, status=status)
