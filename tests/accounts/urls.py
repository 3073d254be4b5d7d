"""The service's addresses, and one more: a page that says who asks."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as real


def who(request: HttpRequest) -> HttpResponse:
    """One sentence."""
    return HttpResponse(f"Here is {request.user.get_username() or 'nobody'}.")


urlpatterns = [path("who/", who), *real]
