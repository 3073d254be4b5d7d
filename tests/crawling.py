"""A reader who looks at everything within reach: every link of every page, every address of the API, every id seen."""

import base64
import html
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.people import person
from tests.walking import ELSEWHERE

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
LINK = re.compile(r'(?:href|action|hx-get|data-[a-z-]*url)="(/[^"]*)"')
NEXT = re.compile(r'"(?:next|previous)":"(http[^"]+)"')
# What is new in every answer, whatever happened: the request's name, and what proves that a form is ours.
FRESH = re.compile(r'urn:uuid:[0-9a-f-]{36}|csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"')
SKIPPED = (
    "/static/",
    "/accounts/",
    "/api/v1/docs",
    "/api/v1/schema",
)  # the same for everybody, or about oneself
# Cases here have no images: one name of each kind finds out whether an address of DICOMweb tells more than that.
IMAGES = {
    "study": ("2.25.1",),
    "series": ("2.25.2",),
    "instance": ("2.25.3",),
    "frames": ("1",),
    "path": ("7FE00010",),
}
BY_NAME = {"slug": ("chest",), "number": ("1",), "name": ("burndown",), **IMAGES}
MORE = (
    "/",
    "/api/v1/tasks?mine=true&page_size=1",
    "/api/v1/tasks?page_size=1",
    "/api/v1/cases?project=chest",
)
WITH_IDS = (
    *("/api/v1/dicomweb/tasks/{id}/studies", "/api/v1/dicomweb/tasks/{id}/instances"),
    *(
        "/work/tasks/{id}/",
        "/work/tasks/{id}/images",
        "/projects/chest/cases/{id}/",
        "/audit/chest/cases/{id}/",
        "/safety/{id}",
    ),
    *(
        f"{staff}/chest/cases/{{id}}/{file}"
        for staff in ("/projects", "/audit")
        for file in ("dossier/", "tlog-proof")
    ),
)


class Crawler:
    """One of the cast, signed in; remembers every id that they ever saw."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.http = Client(raise_request_exception=False, REMOTE_ADDR=ELSEWHERE)
        self.http.force_login(person(name))
        self.ids: set[str] = set()
        self.closed: dict[str, str] = {}

    def crawl(self, *, again: bool = True, more_ids: Iterable[str] = ()) -> dict[str, str]:
        """Everything that this person can reach now, by address: status, headers and body, without what is fresh.

        `again`: knock also where they were refused before; else that answer stands for today's.
        """
        found: dict[str, str] = {}
        todo = {*MORE, *api_addresses(more_ids)}
        while todo := {address for address in todo if not address.startswith(SKIPPED)} - found.keys():
            for address in sorted(todo):
                # Images open and close with the task in one's own hands, so that is asked each time.
                refused = None if again or "/dicomweb/tasks/" in address else self.closed.get(address)
                found[address] = answer = refused or self._ask(address)
                if answer.startswith(("403", "404", "405")):
                    self.closed[address] = answer
                self.ids |= set(UUID.findall(answer))
            todo = {link for address in todo for link in _links(found[address])} | {*api_addresses(self.ids)}
        return found

    def _ask(self, address: str) -> str:
        response = self.http.get(address)
        assert response.status_code < 500, address
        told = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        text = f"{response.status_code} {told} {FRESH.sub('', body.decode())}"
        return f"{text} {' '.join(_cursors(text))}"


def api_addresses(ids: Iterable[str]) -> list[str]:
    """Every GET of the API, with every id in every place, and the pages that take one."""
    known = sorted(ids)
    found = [page.format(id=one) for page in WITH_IDS for one in known]
    for path, names in _gets():
        values = [BY_NAME.get(name, known) for name in names]
        found += [
            path.format(**dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*values)
        ]
    return found


@lru_cache(maxsize=1)
def _gets() -> list[tuple[str, list[str]]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    return [(path, re.findall(r"{(\w+)}", path)) for path, methods in paths.items() if "get" in methods]


def _links(text: str) -> Iterator[str]:
    yield from (html.unescape(link) for link in LINK.findall(text))
    for link in NEXT.findall(text):
        parts = urlsplit(link.replace("\\u0026", "&"))
        yield f"{parts.path}?{parts.query}"


def _cursors(text: str) -> list[str]:
    """What the cursors in an answer say once they are opened."""
    queries = [parse_qsl(urlsplit(link).query) for link in NEXT.findall(text)]
    cursors = [value for query in queries for name, value in query if name == "cursor"]
    return [base64.urlsafe_b64decode(cursor).decode() for cursor in cursors]
