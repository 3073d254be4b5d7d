"""For whoever runs the service: is it alive, and is it ready."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from api.readiness import failures, warnings


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the service can do its work (`degraded` names what lags), else 503 with what is missing."""
    found = failures()
    lags = [] if found else warnings()
    status = "not_ready" if found else "degraded" if lags else "ready"
    told = {"status": status, "failures": found, "warnings": lags}
    return JsonResponse(told, status=503 if found else 200)
