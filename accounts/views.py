"""The one page of signing in that allauth lets fail."""

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from requests import RequestException


def provider_sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to the identity provider; a page says so if it can't be reached."""
    try:
        response: HttpResponse = views.login(request, provider_id)
    except RequestException as error:
        response = render_authentication_error(request, None, exception=error)
    return response
