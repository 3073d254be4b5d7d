"""WADO-RS: whole files, their headers, and bulk data (PS3.18 10.4)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from audit.access import Code
from imaging.web.bulk import PIXELS, bulk_value, is_path
from imaging.web.files import LONGEST, file_as, plain_pixels
from imaging.web.frames import JPEG_LS, PLAIN_SYNTAX, reading, stored_syntax
from imaging.web.headers import header_of
from imaging.web.multipart import Part, message_type, multipart
from imaging.web.templates import filled
from workflow.errors import NotFound
from workflow.images.serving import file_of, header_template
from workflow.models import Instance

from .accepting import (
    BYTES,
    DICOM,
    DICOM_JSON,
    JLS,
    JSON,
    MESSAGE,
    NotAcceptable,
    Offer,
    chosen,
    pixel_offers,
)
from .answers import BRIEFLY, FOR_EVER, Access, Answer, give
from .base import Images, addresses, here
from .describing import JSON_FORMS
from .doors import Door

JSON_OFFERS: Final = (Offer(DICOM_JSON), Offer(JSON))
TOO_LONG: Final = "Uncompressed, this would be longer than a DICOM element can be. Ask for transfer-syntax=*."


class Retrieve(Images):
    """A study, a series or an image as DICOM files."""

    forms = (MESSAGE, DICOM)

    def get(
        self, request: Request, study: str, series: str = "", instance: str = "", **where: Any
    ) -> HttpResponseBase:
        """DICOM files, each a part of the message; uncompressed unless `transfer-syntax` says otherwise."""
        door, rows = self.found(request, where, study, series, instance)
        here(rows)
        offer = self._offer(request._request, rows, single=bool(instance))
        etag = door.etag(str(offer), *(row.digest for row in rows))
        access = access_of("instance", rows, series=bool(series), instance=bool(instance))
        if not offer.in_parts:
            [row] = rows
            answer = Answer(offer.media_type, lambda: _file(door, row, offer), etag, FOR_EVER)
            return give(request._request, door, access, answer)
        body = self._parts(request, door, rows, offer)
        content_type = message_type(DICOM, etag, offer.syntax)
        return give(
            request._request,
            door,
            access,
            Answer(content_type, lambda: multipart(body, etag), etag, FOR_EVER),
        )

    def _parts(self, request: Request, door: Door, rows: list[Instance], offer: Offer) -> Iterator[Part]:
        address = addresses(request._request)
        for row in rows:
            syntax = offer.syntax or stored_syntax(file_of(row))
            location = address(*door.uids_of(row))
            yield Part(f"{DICOM}; transfer-syntax={syntax}", _file(door, row, offer), location)

    def _offer(self, request: HttpRequest, rows: Sequence[Instance], *, single: bool) -> Offer:
        forms = [True, False] if single else [True]
        offers = [Offer(DICOM, "", parts, by_default=False) for parts in forms]
        offers += [Offer(DICOM, PLAIN_SYNTAX, parts) for parts in forms]
        if all(stored_syntax(file_of(row)) == JPEG_LS for row in rows):
            offers += [Offer(DICOM, JPEG_LS, parts, by_default=False) for parts in forms]
        offer = chosen(request, offers, Offer(DICOM, PLAIN_SYNTAX, True))
        if offer.syntax == PLAIN_SYNTAX and any(_decoded_length(row) > LONGEST for row in rows):
            raise NotAcceptable(TOO_LONG)
        return offer


class Metadata(Images):
    """The headers of a study, a series or an image."""

    forms = JSON_FORMS

    def get(
        self, request: Request, study: str, series: str = "", instance: str = "", **where: Any
    ) -> HttpResponseBase:
        """All attributes of each image as DICOM JSON; long binary values by BulkDataURI."""
        offer = chosen(request._request, JSON_OFFERS, JSON_OFFERS[0])
        door, rows = self.found(request, where, study, series, instance)
        here(rows)
        address = addresses(request._request)
        etag = door.etag("metadata", offer.media_type, address(), *(row.digest for row in rows))

        def body() -> Iterator[bytes]:
            for number, row in enumerate(rows):
                template = header_template(row.project_id, row.pk)
                yield b"," if number else b"["
                yield filled(template, door.guise, address(*door.uids_of(row)))
            yield b"]"

        access = access_of("metadata", rows, series=bool(series), instance=bool(instance))
        return give(request._request, door, access, Answer(offer.media_type, body, etag, BRIEFLY))


class BulkData(Images):
    """A long binary value of an image."""

    forms = (MESSAGE, BYTES, JLS)

    def get(
        self, request: Request, study: str, series: str, instance: str, path: str, **where: Any
    ) -> HttpResponseBase:
        """The value at a BulkDataURI of the metadata; the pixels as one value, or frame by frame if compressed."""
        door, row = self.one(request, where, study, series, instance)
        here([row])
        if not is_path(path) or (path in PIXELS and path != f"{header_of(file_of(row).path).pixel_tag:08X}"):
            raise NotFound()
        offer, pieces = self._value(request._request, row, path)
        etag = door.etag("bulkdata", path, str(offer), row.digest)
        kind = offer.content_type if path in PIXELS else BYTES
        # A table of a header is no pixels: whoever fetched it hasn't seen the image.
        access = access_of("bulkdata" if path in PIXELS else "metadata", [row], series=True, instance=True)
        if not offer.in_parts:
            answer = Answer(kind, lambda: (piece for part in pieces for piece in part), etag, FOR_EVER)
            return give(request._request, door, access, answer)
        parts = (Part(kind, piece) for piece in pieces)
        content_type = message_type(offer.media_type, etag, offer.syntax)
        answer = Answer(content_type, lambda: multipart(parts, etag), etag, FOR_EVER)
        return give(request._request, door, access, answer)

    def _value(self, request: HttpRequest, row: Instance, path: str) -> tuple[Offer, Iterator[Any]]:
        file = file_of(row)
        if path not in PIXELS:
            offers = pixel_offers(PLAIN_SYNTAX, in_parts=True)
            offer, value = chosen(request, offers, offers[0]), bulk_value(file.path, path)
            if value is None:
                raise NotFound()
            return offer, iter([[value]])
        offers = pixel_offers(stored_syntax(file), in_parts=True, single=len(row.frames) == 1)
        offers.append(Offer(BYTES, PLAIN_SYNTAX, False))
        offer = chosen(request, offers, Offer(BYTES, PLAIN_SYNTAX, True))
        return offer, iter([plain_pixels(file)]) if offer.syntax == PLAIN_SYNTAX else _stored_frames(row)


def _stored_frames(row: Instance) -> Iterator[list[bytes]]:
    with reading(file_of(row)) as frames:
        for number in range(1, len(row.frames) + 1):
            yield [frames.stored(number)]


def access_of(what: str, rows: Sequence[Instance], *, series: bool, instance: bool) -> Access:
    """What is about to be seen: images of a study, of a series, or one."""
    first: Any = rows[0]
    return Access(
        Code.INSTANCES_ACCESSED,
        what,
        case_id=first.case,
        study=first.series.study.uid,
        series=first.series.uid if series else "",
        instance=first.pk if instance else None,
    )


def _file(door: Door, row: Instance, offer: Offer) -> Iterator[bytes]:
    file = file_of(row)
    return file_as(file, offer.syntax or stored_syntax(file), door.guise)


def _decoded_length(row: Instance) -> int:
    facts = row.facts
    samples = 3 if facts.get("photometric") == "PALETTE COLOR" else int(facts.get("samples") or 1)
    pixels = int(facts.get("rows") or 0) * int(facts.get("columns") or 0) * len(row.frames)
    return pixels * samples * int(facts.get("bits_allocated") or 0) // 8
