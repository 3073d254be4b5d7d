"""What the views share: they read the request, ask who may, call a function of the packages below, and answer."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from api.fields import Input
from api.pagination import Cursor
from api.refusals import OwnPasswordNeeded

operation = extend_schema


class View(APIView):
    """An address of the API; `ordering` names what its list is ordered by."""

    pagination_class: type[Cursor] | None = None
    ordering: ClassVar[tuple[str, ...]] = ("created_at", "id")
    problems: ClassVar[frozenset[int]] = frozenset()  # what it may answer beside the usual

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask who is there; whoever has a one-time password chooses their own before anything else."""
        super().initial(request, *args, **kwargs)
        if getattr(request.user, "password_is_one_time", False):
            raise OwnPasswordNeeded()

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
