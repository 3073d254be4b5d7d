"""How a person looks at a list now: the columns that are shown, and the views that they saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from accounts.models import SavedView
from accounts.saved_views import Place, columns_of, views_at
from screens.access import acting_in_project, person
from workflow.acting import Acting
from workflow.models import Project
from workflow.permissions import Verb

from .addresses import address, asked_columns, narrowing, state, whole
from .columns import SORT, Column, Listing

UNKNOWN: Final = "This address names a column that this list does not have; it is left out."
SEVERAL_UNKNOWN: Final = "This address names {} columns that this list does not have; they are left out."


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved view as its person sees it above the list; `here`: the list is seen so now."""

    id: UUID
    name: str
    url: str
    here: bool
    opens_first: bool


@dataclass(slots=True)
class Look:
    """A list as it is seen now. `state` says all of it; `opening` is where to go instead, if this says nothing."""

    listing: Listing
    shown: tuple[str, ...]
    sort: str
    state: str
    whole_url: str
    narrowed: bool
    opening: str = ""
    complaint: str = ""
    chips: list[Chip] = field(default_factory=list)

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Each column of the list, and whether it is shown."""
        return [(column, column.key in self.shown) for column in self.listing.columns]

    @property
    def columns(self) -> list[Column]:
        """The columns that are shown."""
        return [column for column, shown in self.choices if shown]

    @property
    def as_it_comes(self) -> bool:
        """Whether the list is seen whole, with no saved view."""
        return not self.narrowed and not any(chip.here for chip in self.chips)

    @property
    def hidden_sort(self) -> str:
        """The column that the list is sorted by, if it isn't shown."""
        key = self.sort.removeprefix("-")
        return next((c.label for c, shown in self.choices if c.key == key and not shown), "")


def acting_at(request: HttpRequest, slug: str, listing: Listing) -> Acting:
    """The person as a member of a project who may see this list there; NotFound for an outsider."""
    *_, acting = (acting_in_project(request, slug, Verb.SEE, kind) for kind in listing.kinds)
    return acting


def look_of(request: HttpRequest, listing: Listing, project: Project) -> Look:
    """The columns that the address names, else those that the person chose, else the list's own. Two queries."""
    asked, place = asked_columns(request.GET), Place(person(request), project.slug, listing.name)
    known = [key for key in asked if key in listing.every()]
    shown = listing.with_fixed(known) if known else _remembered(place, listing)
    now = state(listing, request.GET, shown)
    views = list(views_at(place))
    return Look(
        listing=listing,
        shown=shown,
        sort=listing.sorted_by(request.GET.get(SORT)),
        state=now,
        whole_url=whole(listing, project.slug),
        narrowed=bool(narrowing(listing, request.GET)),
        opening="" if request.GET else _opening(listing, project, views),
        complaint=_complaint(len(asked) - len(known)),
        chips=[_chip(listing, project, view, now) for view in views],
    )


def _remembered(place: Place, listing: Listing) -> tuple[str, ...]:
    chosen = columns_of(place.user, listing.name)
    return listing.own() if chosen is None else listing.with_fixed(chosen)


def _opening(listing: Listing, project: Project, views: Sequence[SavedView]) -> str:
    first = next((view for view in views if view.opens_first), None)
    return "" if first is None else address(listing, project.slug, first.query)


def _complaint(unknown: int) -> str:
    return "" if not unknown else UNKNOWN if unknown == 1 else SEVERAL_UNKNOWN.format(unknown)


def _chip(listing: Listing, project: Project, view: SavedView, now: str) -> Chip:
    url = address(listing, project.slug, view.query)
    return Chip(view.pk, view.name, url, view.query == now, view.opens_first)
