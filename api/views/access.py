"""Who saw what: the access log of a project, for its auditor."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.accessfile import AccessFilter, AccessOut
from api.pagination import Cursor
from audit.access import Code
from workflow.access_log import readable_access, with_batch
from workflow.permissions import Kind, Verb
from workflow.queries import names_of
from workflow.seeing import saw

from .base import View, operation


class AccessLog(View):
    """Who was shown pixels and patient-level data."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("at", "id")

    @operation(operation_id="list_access", parameters=[AccessFilter], responses=AccessOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Who saw what, oldest first. Cases in which you play a part are left out. That you look is a row, too."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.ACCESS_LOG)
        asked = AccessFilter(data=request.query_params)
        asked.is_valid(raise_exception=True)
        saw(acting, "access_log", code=Code.AUDIT_LOG_USED)
        rows = with_batch(readable_access(acting.person()).filter(**asked.conditions()))
        cursor = Cursor()
        page = cursor.paginate_queryset(rows, request, view=self)
        names = names_of(acting.person().project, {row.actor for row in page})
        return cursor.get_paginated_response(AccessOut(page, many=True, context={"names": names}).data)
