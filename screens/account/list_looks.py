"""How one likes to look at a list: choosing its columns, and saving what is seen under a name. Asked by POST alone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.saved_views import (
    MOST_VIEWS,
    NameTaken,
    Place,
    TooManyViews,
    forget_columns,
    remember_columns,
    save_view,
)
from screens.access import person
from screens.listing.addresses import address, restated, state
from screens.listing.columns import LONGEST_ADDRESS, Listing
from screens.listing.looks import acting_at
from screens.lists import listing_of
from screens.staffed import screen
from screens.styled import Styled
from workflow.errors import InvalidInput

TOO_LONG = "This filter is too long to be kept. Narrow the list by fewer things."
TOO_MANY = f"You have {MOST_VIEWS} saved views of this list. Delete one of them first."


class ViewName(Styled):
    """What a view is to be called."""

    name = forms.CharField(max_length=60, label="Name")

    def clean_name(self) -> str:
        """The name, without doubled blanks."""
        return " ".join(self.cleaned_data["name"].split())


@screen("POST")
def list_columns(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show these columns of a list, and from now on; or those that it comes with. The list is seen as it was else."""
    listing = listing_of(name)
    acting_at(request, slug, listing)
    if request.POST.get("do") == "forget":
        forget_columns(user=person(request), name=name)
        columns = listing.own()
    else:
        columns = listing.with_fixed(request.POST.getlist("column"))
        remember_columns(user=person(request), name=name, columns=columns)
    return redirect(address(listing, slug, state(listing, QueryDict(_text(request)), columns)))


@screen("POST")
def list_views(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Save how a list is seen now under a name; a name that is taken is said before anything is replaced."""
    listing = listing_of(name)
    project = acting_at(request, slug, listing).person().project
    form, now = ViewName(request.POST), _seen(request, listing)
    context: dict[str, Any] = {"listing": listing, "project": project, "form": form, "state": now}
    context["back"] = address(listing, slug, now)
    status = 422
    if form.is_valid():
        place, called = Place(person(request), slug, name), form.cleaned_data["name"]
        try:
            save_view(place=place, name=called, query=now, replace="replace" in request.POST)
        except NameTaken:
            context["taken"], status = called, 409
        except TooManyViews:
            form.add_error(None, TOO_MANY)
        else:
            messages.success(request, f"Saved as “{called}”. Only you see it.")
            return redirect(context["back"])
    return render(request, "account_pages/view_new.html", context, status=status)


def _seen(request: HttpRequest, listing: Listing) -> str:
    found = restated(listing, _text(request))
    if len(found) > LONGEST_ADDRESS:
        raise InvalidInput([], TOO_LONG)
    return found


def _text(request: HttpRequest) -> str:
    """The list's state, as the page that was sent had it."""
    text = request.POST.get("state", "")
    if len(text) > LONGEST_ADDRESS:
        raise InvalidInput([], TOO_LONG)
    return text
