"""A saved view of one's own: called otherwise, opened first, or deleted. Anybody else's is not found."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import SavedView
from accounts.saved_views import NameTaken, delete_view, open_first, own_view, rename_view, views_of
from screens.access import memberships_of, person
from screens.listing.addresses import address, whole
from screens.listing.looks import acting_at
from screens.lists import LISTS
from screens.staffed import screen
from workflow.errors import DomainError, NotFound

from .list_looks import ViewName

NAME_TAKEN = "Another view of this list has this name."
Act = Callable[[UUID, UUID], SavedView | None]
ACTS: Final[dict[str, tuple[Act, str]]] = {
    "first": (
        lambda user, view_id: open_first(user=user, view_id=view_id),
        "The list now opens with “{}”.",
    ),
    "not_first": (
        lambda user, view_id: open_first(user=user, view_id=view_id, first=False),
        "The list no longer opens with “{}”.",
    ),
    "delete": (lambda user, view_id: delete_view(user=user, view_id=view_id), "The view “{}” is deleted."),
}


@screen("GET", "POST")
def saved_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Look at a view of one's own, and change or delete it."""
    view = own_view(person(request), view_id)
    if view is None:
        raise NotFound("You have no such saved view.")
    if (do := request.POST.get("do", "")) in ACTS:
        act, said = ACTS[do]
        act(person(request), view_id)
        messages.success(request, said.format(view.name))
        return redirect(_back(request, view, deleted=do == "delete"))
    form = ViewName(request.POST or None, initial={"name": view.name})
    if form.is_valid():
        try:
            rename_view(user=person(request), view_id=view_id, name=form.cleaned_data["name"])
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, f"The view is now called “{form.cleaned_data['name']}”.")
            return redirect(_back(request, view))
    context = {"view": view, "form": form, "back": _back(request, view), **_told(view, _projects(request))}
    return render(request, "account_pages/view.html", context, status=422 if form.errors else 200)


def views_told(request: HttpRequest) -> list[dict[str, Any]]:
    """All of a person's views with what they are of, also where the list is closed to them now. Two queries."""
    projects = _projects(request)
    return [{"view": view, **_told(view, projects)} for view in views_of(person(request))]


def _projects(request: HttpRequest) -> dict[str, str]:
    return {member.project.slug: member.project.name for member in memberships_of(request)}


def _told(view: SavedView, projects: dict[str, str]) -> dict[str, str]:
    listing = LISTS.get(view.list)
    return {
        "project_name": projects.get(view.project, view.project),
        "list_title": listing.title if listing else view.list,
    }


def _back(request: HttpRequest, view: SavedView, *, deleted: bool = False) -> str:
    """To the list as the view shows it, or whole; to the account, if the list is closed to the person by now."""
    try:
        listing = LISTS[view.list]
        acting_at(request, view.project, listing)
    except (DomainError, KeyError):
        return "account_home"
    return whole(listing, view.project) if deleted else address(listing, view.project, view.query)
