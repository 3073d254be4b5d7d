"""API tokens of one's own: made after showing again who one is, their text shown once; revoked at any time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.scopes import READ, Scope, scope_of
from accounts.tokens import issue, revoke
from screens.access import memberships_of, person
from screens.staffed import screen
from screens.styled import Styled
from workflow.models import Membership
from workflow.permissions import TABLE

ALL, CHOSEN = "all", "chosen"


class NewToken(Styled):
    """What a new token is called, how long it lasts, and what it is limited to."""

    name = forms.CharField(max_length=80, help_text="Such as the name of the program that will use it.")
    days = forms.IntegerField(
        min_value=1,
        max_value=settings.TOKEN_DAYS,
        initial=min(30, settings.TOKEN_DAYS),
        label="Lasts, in days",
    )
    projects = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Only in these projects",
        help_text="None chosen: in all that you are in, also those to come.",
    )
    may = forms.ChoiceField(
        choices=[
            (ALL, "do all that I may"),
            (READ, "read, and change nothing"),
            (CHOSEN, "do only what is chosen below"),
        ],
        initial=READ,
        widget=forms.RadioSelect,
        label="It may",
    )
    verbs = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Chosen, of what your roles allow"
    )

    def __init__(self, mine: list[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = {role for member in mine for role in member.roles}
        verbs = {verb.value for (verb, _), allowed in TABLE.items() if roles & set(allowed)}
        self.fields["projects"].choices = [(m.project.slug, m.project.name) for m in mine]  # type: ignore[attr-defined]
        self.fields["verbs"].choices = [(v, v.replace("_", " ")) for v in sorted(verbs)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was given; choosing nothing is a fault."""
        given = dict(super().clean() or {})
        if given.get("may") == CHOSEN and not given.get("verbs"):
            self.add_error("verbs", "Choose what it may do.")
        return given

    def scope(self) -> Scope:
        """What the token is limited to."""
        given = self.cleaned_data
        verbs = {ALL: None, READ: [READ], CHOSEN: given["verbs"]}[given["may"]]
        return scope_of(given["projects"] or None, verbs)


@screen("GET", "POST")
@reauthentication_required  # type: ignore[untyped-decorator]
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once. It is never stored, nor in the page's history."""
    mine = [m for m in memberships_of(request) if m.status != Membership.Status.LEFT]
    form = NewToken(mine, request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        name, days = form.cleaned_data["name"], form.cleaned_data["days"]
        made, text = issue(user=request.user, name=name, lasts=timedelta(days=days), scope=form.scope())
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
