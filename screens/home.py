"""The first page: everybody's own place."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .places import places


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first place that is this person's; say so if there is none."""
    mine = places(request)["places"]
    return redirect(mine[0].url) if mine else render(request, "nowhere.html")
