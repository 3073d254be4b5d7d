"""A list's state as a query string: what narrows it, its sort and its columns, always in the same order."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from .columns import COLUMNS, SORT, Listing

VIEW, WHOLE = "view", "all"  # ?view=all: the whole list, whatever it opens with
PASSING = frozenset({"cursor", "format", VIEW})  # of one visit, not of the list's state
Pairs = list[tuple[str, str]]


def narrowing(listing: Listing, given: QueryDict) -> Pairs:
    """What narrows the list, without what is empty or unknown."""
    found = ((key, value) for key, values in given.lists() if key in listing.filters for value in values)
    return sorted({(key, value) for key, value in found if value})


def state(listing: Listing, given: QueryDict, columns: Iterable[str]) -> str:
    """The whole state of a list with these columns, as a query string that says the same for the same state."""
    pairs = [*narrowing(listing, given), (SORT, listing.sorted_by(given.get(SORT)))]
    return urlencode([*pairs, (COLUMNS, ",".join(columns))], safe=",")


def restated(listing: Listing, text: str) -> str:
    """A list's state as a page before sent it, put right: what the list doesn't know is left out."""
    given = QueryDict(text)
    asked = asked_columns(given)
    return state(listing, given, listing.with_fixed(asked) if asked else listing.own())


def asked_columns(given: QueryDict) -> list[str]:
    """The columns that an address names, known or not."""
    return [key for key in given.get(COLUMNS, "").split(",") if key]


def changed(request: HttpRequest, values: Mapping[str, str]) -> str:
    """This address with some values changed; what is of one visit alone is left out."""
    kept = [
        (key, value)
        for key, given in request.GET.lists()
        for value in given
        if value and key not in PASSING and key not in values
    ]
    return f"{request.path}?{urlencode([*kept, *values.items()], safe=',')}"


def address(listing: Listing, slug: str, query: str) -> str:
    """Where a list of a project is seen so."""
    return f"{reverse(listing.name, args=[slug])}?{query}"


def whole(listing: Listing, slug: str) -> str:
    """Where a list is seen as it comes."""
    return address(listing, slug, f"{VIEW}={WHOLE}")
