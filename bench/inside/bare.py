"""The framework's limit: a Django and DRF view that does one SKIP LOCKED update and one audit insert, and no more."""

import json
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.plain import AUDIT, CLAIM, SUBMIT, audited


class Claim(APIView):
    """Take the next task."""

    def post(self, request: Request) -> Response:
        """One transaction."""
        given: Any = request.data
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, {"holder": given["holder"]})
            task = str(cursor.fetchone()[0])
            cursor.execute(AUDIT, {"body": audited("claimed", task)})
        return Response({"id": task})


class Submit(APIView):
    """Finish it."""

    def post(self, request: Request) -> Response:
        """One transaction."""
        given: Any = request.data
        task = given["id"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SUBMIT, {"task": task, "result": json.dumps(given["result"])})
            cursor.execute(AUDIT, {"body": audited("submitted", task)})
        return Response({"id": task})


def healthz(request: HttpRequest) -> HttpResponse:
    """Up."""
    return HttpResponse("ok")


urlpatterns = [
    path("healthz", healthz),
    path("claim", Claim.as_view()),
    path("submit", Submit.as_view()),
]
