"""QIDO-RS: searches for studies, series and images (PS3.18 10.6)."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, ClassVar, Final

from django.http import HttpResponseBase
from rest_framework.request import Request

from audit.access import Code
from workflow.errors import NotFound

from .accepting import DICOM_JSON, JSON, Offer, chosen
from .answers import Access, Answer, answered, recorded
from .asking import Query, query_of
from .base import Images, Where, addresses
from .describing import JSON_FORMS, PAGE
from .doors import Door, doors
from .levels import Attributes
from .searching import Within, search

OFFERS: Final = (Offer(DICOM_JSON), Offer(JSON))
MOST: Final = {"studies": 500, "series": 5_000, "instances": 20_000}
CUT: Final = '299 consilium "There are additional results that can be requested"'


class Search(Images):
    """A search at one level, everywhere or within a study or series."""

    level: ClassVar[str] = "studies"
    forms, parameters, has_etag = JSON_FORMS, PAGE, False

    def get(self, request: Request, study: str = "", series: str = "", **where: Any) -> HttpResponseBase:
        """What matches the attributes in the address, as DICOM JSON; 204 if nothing does. See docs/dicomweb.md."""
        query, offer = query_of(request.GET), chosen(request._request, OFFERS, OFFERS[0])
        within = Within(study, series)
        behind = self._doors(request, where, within)
        for door in behind:
            recorded(request._request, door, self._access(door, within))
        found, more = self._page(request, behind, query, within)
        headers = {"Warning": ", ".join((*query.warnings, *([CUT] if more else [])))}
        headers = {name: value for name, value in headers.items() if value}
        if not found:
            return answered(request._request, Answer(offer.media_type, b"", status=204, more=headers))
        body = json.dumps(found, separators=(",", ":")).encode()
        return answered(request._request, Answer(offer.media_type, body, more=headers))

    def _doors(self, request: Request, where: Where, within: Within) -> list[Door]:
        behind = doors(request, where)
        if not within.study:
            return behind
        some = [door for door in behind if door.instances(within.study, within.series).exists()]
        if not some:
            raise NotFound()
        return some

    def _page(
        self, request: Request, behind: list[Door], query: Query, within: Within
    ) -> tuple[list[Attributes], bool]:
        most = MOST[self.level] if query.limit is None else min(query.limit, MOST[self.level])
        found = self._all(request, behind, query, within)
        page = list(islice(found, most + 1))
        return page[:most], len(page) > most

    def _all(
        self, request: Request, behind: list[Door], query: Query, within: Within
    ) -> Iterator[Attributes]:
        address = addresses(request._request)
        if len(behind) == 1:
            return search(behind[0], self.level, query, within, address, query.offset)
        every = (search(door, self.level, query, within, address) for door in behind)
        return islice(chain.from_iterable(every), query.offset, None)

    def _access(self, door: Door, within: Within) -> Access:
        study, series = door.stored(within.study) or "", door.stored(within.series) or ""
        return Access(Code.QUERY, "query", study=study, series=series)


class SearchSeries(Search):
    """Series."""

    level = "series"


class SearchInstances(Search):
    """Images."""

    level = "instances"
