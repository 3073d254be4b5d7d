"""How a person likes to look at lists: views saved under a name, and columns remembered.

None of this leaves an event: it changes what one person sees first and nothing of any case, label or right,
and the log would keep for ever what they once searched for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import SavedView, ShownColumns, User

MOST_VIEWS: Final = 20  # of one list


class NameTaken(Exception):
    """The person has another view of this name for this list."""


class TooManyViews(Exception):
    """The person has as many views of this list as one may have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose views, of which list, in which project (its slug)."""

    user: UUID
    project: str
    list: str


def views_at(place: Place) -> QuerySet[SavedView]:
    """A person's views of a list, by name."""
    rows = SavedView.objects.filter(user=place.user, project=place.project, list=place.list)
    return rows.order_by("name", "id")


def views_of(user: UUID) -> QuerySet[SavedView]:
    """All views of a person, also of lists that are closed to them now."""
    return SavedView.objects.filter(user=user).order_by("project", "list", "name", "id")


def save_view(*, place: Place, name: str, query: str, replace: bool = False) -> SavedView:
    """Save a query string under a name; NameTaken if there is one that says otherwise, unless it is to be replaced.

    TooManyViews if there are MOST_VIEWS already.
    """
    with transaction.atomic():
        _one_at_a_time(place.user)
        mine = views_at(place)
        view = mine.filter(name=name).first()
        if view is None:
            if mine.count() >= MOST_VIEWS:
                raise TooManyViews()
            return mine.create(
                user_id=place.user, project=place.project, list=place.list, name=name, query=query
            )
        if view.query != query and not replace:
            raise NameTaken()
        view.query, view.saved_at = query, timezone.now()
        view.save(update_fields=["query", "saved_at"])
        return view


def rename_view(*, user: UUID, view_id: UUID, name: str) -> SavedView | None:
    """Give a view of one's own another name; None if there is no such view, NameTaken if another has the name."""
    with transaction.atomic():
        _one_at_a_time(user)
        view = own_view(user, view_id)
        if view is not None:
            others = views_at(Place(user, view.project, view.list)).exclude(pk=view.pk)
            if others.filter(name=name).exists():
                raise NameTaken()
            view.name = name
            view.save(update_fields=["name"])
        return view


def open_first(*, user: UUID, view_id: UUID, first: bool = True) -> SavedView | None:
    """Let a view of one's own be what its list opens with, alone, or no longer; None if there is no such view."""
    with transaction.atomic():
        _one_at_a_time(user)
        view = own_view(user, view_id)
        if view is not None:
            views_at(Place(user, view.project, view.list)).update(opens_first=False)
            view.opens_first = first
            view.save(update_fields=["opens_first"])
        return view


def delete_view(*, user: UUID, view_id: UUID) -> SavedView | None:
    """Delete a view of one's own; None if there is no such view."""
    with transaction.atomic():
        _one_at_a_time(user)
        view = own_view(user, view_id)
        if view is not None:
            views_of(user).filter(pk=view_id).delete()
        return view


def own_view(user: UUID, view_id: UUID) -> SavedView | None:
    """A view, if it is this person's."""
    return views_of(user).filter(pk=view_id).first()


def columns_of(user: UUID, name: str) -> Sequence[str] | None:
    """The columns of a list that a person chose, by key; None if they chose none."""
    return ShownColumns.objects.filter(user=user, list=name).values_list("columns", flat=True).first()


def remember_columns(*, user: UUID, name: str, columns: Iterable[str]) -> None:
    """From now on show a person these columns of a list."""
    ShownColumns.objects.update_or_create(user_id=user, list=name, defaults={"columns": list(columns)})


def forget_columns(*, user: UUID, name: str) -> None:
    """From now on show a person the columns that the list comes with."""
    ShownColumns.objects.filter(user=user, list=name).delete()


def _one_at_a_time(user: UUID) -> None:
    # Two windows of one person: else both could find a name free, or one place left.
    User.objects.select_for_update(no_key=True).get(pk=user)
