"""The first page: everybody's own place."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from .places import places


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first place that is this person's; say so if there is none."""
    mine = places(request)["places"]
    return redirect(mine[0].url) if mine else render(request, "nowhere.html")
