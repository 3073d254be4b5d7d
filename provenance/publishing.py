"""A signed head taken out of the house: whoever keeps one can tell later that no other history took its place."""

import re
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.core.mail import EmailMessage

from .proofs import Head

TIMEOUT_SECONDS = 20
LOCAL = {"localhost", "127.0.0.1", "::1"}


class NotPublished(Exception):
    """The head could not be brought there; the sentence says what to do."""


def to_folder(head: Head, folder: Path) -> Path:
    """Keep the head as a file of its own; another head of the same size there is a fork, and stops this."""
    path = folder / re.sub(r"[^A-Za-z0-9.-]+", "_", head.origin) / f"{head.size}.checkpoint"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(head.note)
    except FileExistsError:
        if path.read_text(encoding="utf-8") != head.note:
            raise NotPublished(
                f"{path} holds another head of the same size: two histories were signed. Keep both, and find out why."
            ) from None
    except OSError as error:
        raise NotPublished(f"{path} can't be written: {error.strerror}.") from None
    return path


def to_url(head: Head, url: str) -> None:
    """POST the head as text; anything but an answer of 2xx is a failure. Plain HTTP goes to this machine only."""
    place = urlsplit(url)
    if place.scheme not in ("https", "http") or (place.scheme == "http" and place.hostname not in LOCAL):
        raise NotPublished("Give an https:// address.")
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    ask = Request(url, head.note.encode(), kind, method="POST")  # noqa: S310 the scheme was looked at
    try:
        with build_opener(_NoRedirect).open(ask, timeout=TIMEOUT_SECONDS) as answer:
            answer.read(1)
    except (URLError, OSError, ValueError) as error:
        raise NotPublished(f"{place.hostname} did not take the head: {error}.") from None


def to_mail(head: Head, address: str) -> None:
    """Send the head by mail."""
    subject = f"Signed head of {head.size} events: {head.origin}"
    try:
        EmailMessage(subject, head.note, to=[address]).send()
    except (OSError, ValueError) as error:
        raise NotPublished(f"The mail to {address} could not be sent: {error}.") from None


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        """A head goes where it was sent, nowhere else."""
        return None
