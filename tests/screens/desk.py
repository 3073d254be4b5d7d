"""A person at the screens of managers and auditors: pages fetched and sent, the status checked on the way."""

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.people import person

TAG, BLANKS = re.compile(r"<[^>]*>"), re.compile(r"\s+")


class Desk:
    """One of the cast, signed in; `Desk(None)` is nobody."""

    def __init__(self, name: str | None) -> None:
        self.http = Client()
        if name:
            self.http.force_login(person(name))

    def get(self, path: str, code: int = 200, /, **query: Any) -> str:
        """The page as text; the test fails on another status."""
        return told(self.http.get(path, query), code)

    def post(self, path: str, code: int = 302, /, **given: Any) -> str:
        """The page that answers a form as text, or where it leads to."""
        response = self.http.post(path, given)
        text = told(response, code)
        return response.headers.get("Location", text)

    def follow(self, path: str, **given: Any) -> str:
        """The page after a form was sent and did what it should."""
        return self.get(self.post(path, **given))

    def download(self, path: str, **query: Any) -> str:
        """A file as text."""
        response = self.http.get(path, query)
        assert response.status_code == 200
        return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    def links(self, path: str) -> list[str]:
        """Every address that a page links to."""
        return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', self.raw(path))]

    def raw(self, path: str) -> str:
        """The page as HTML."""
        return self.http.get(path).content.decode()


def told(response: HttpResponse, status: int) -> str:
    """A page's words, without its tags."""
    page = response.content.decode()
    words = BLANKS.sub(" ", html.unescape(TAG.sub(" ", page)))
    assert response.status_code == status, f"{response.status_code} instead of {status}: {words}"
    return words
