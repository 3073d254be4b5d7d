"""From where somebody acts, as the log names it: the request, the client program, how they proved who they are."""

import hashlib
from typing import Any

from django.http import HttpRequest

from audit.log import Request as Origin

REQUEST_ID = "consilium.request_id"  # in request.META, put there by the first middleware
LONGEST_CLIENT = 200


def origin(request: HttpRequest) -> Origin:
    """The request's id and the client program."""
    program = "".join(c for c in request.headers.get("User-Agent", "") if " " <= c <= "~")
    return Origin(id=request.META[REQUEST_ID], client=program[:LONGEST_CLIENT] or None)


def proof(method: str, secret: bytes) -> dict[str, Any]:
    """How the person proved who they are; of the token or session only a digest."""
    session = f"sha256:{hashlib.sha256(secret).hexdigest()}"
    return {"method": method, "acr": None, "session": session, "authenticated_at": None}


def session_proof(request: HttpRequest) -> dict[str, Any]:
    """The proof of somebody who is signed in with a browser."""
    return proof("session", (request.session.session_key or "").encode())
