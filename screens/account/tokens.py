"""API tokens of one's own: made after showing again who one is, their text shown once; revoked at any time."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.tokens import issue, revoke
from screens.access import person
from screens.staffed import screen
from screens.styled import Styled


class NewToken(Styled):
    """What a new token is called, and how long it lasts."""

    name = forms.CharField(max_length=80, help_text="Such as the name of the program that will use it.")
    days = forms.IntegerField(
        min_value=1,
        max_value=settings.TOKEN_DAYS,
        initial=min(30, settings.TOKEN_DAYS),
        label="Lasts, in days",
    )


@screen("GET", "POST")
@reauthentication_required  # type: ignore[untyped-decorator]
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once. It is never stored, nor in the page's history."""
    form = NewToken(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        made, text = issue(user=request.user, name=form.cleaned_data["name"], days=form.cleaned_data["days"])
        context = {"made": made, "text": text}
    response = render(request, "account_pages/token_new.html", context)
    response["Cache-Control"] = "no-store"
    return response


@screen("POST")
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Revoke a token of one's own."""
    if (token := revoke(user=person(request), token_id=token_id)) is not None:
        messages.success(request, f"The token {token.name} is revoked.")
    return redirect("account_home")
