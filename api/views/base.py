"""What the views share: they read the request, ask who may, call a function of the packages below, and answer."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from api.access import scope_of
from api.fields import Input
from api.pagination import Cursor
from api.refusals import OwnPasswordNeeded
from workflow.errors import TokenScope

operation = extend_schema


class View(APIView):
    """An address of the API; `ordering` names what its list is ordered by."""

    pagination_class: type[Cursor] | None = None
    ordering: ClassVar[tuple[str, ...]] = ("created_at", "id")
    problems: ClassVar[frozenset[int]] = frozenset()  # what it may answer beside the usual

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask who is there: a one-time password opens nothing but the way to one's own, a task's token that task."""
        super().initial(request, *args, **kwargs)
        if getattr(request.user, "password_is_one_time", False):
            raise OwnPasswordNeeded()
        scope = scope_of(request)
        # Asked here too, so that an address that asks nobody (one's own account) is closed without saying so.
        if scope.task is not None and scope.task != self.task_of(request, kwargs):
            raise TokenScope(scope.sentence())

    def task_of(self, request: Request, kwargs: dict[str, Any]) -> UUID | None:
        """The one task that the address is of."""
        found: UUID | None = kwargs.get("task_id")
        return found

    def given(self, request: Request, form: type[Input]) -> dict[str, Any]:
        """The request's body as `form` understands it; ValidationError otherwise."""
        filled = form(data=request.data)
        filled.is_valid(raise_exception=True)
        return dict(filled.validated_data)

    def asked(self, request: Request, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The query parameters as `form` understands them; ValidationError otherwise."""
        filled = form(data=request.query_params)
        filled.is_valid(raise_exception=True)
        return dict(filled.validated_data)

    def page(
        self,
        request: Request,
        rows: QuerySet[Any],
        show: type[BaseSerializer[Any]],
        by: tuple[str, ...] | None = None,
        **context: Any,
    ) -> Response:
        """One page of the rows, in the order of the view or `by` other fields."""
        cursor = Cursor(by)
        found = cursor.paginate_queryset(rows, request, view=self)
        return cursor.get_paginated_response(show(found, many=True, context=context).data)
