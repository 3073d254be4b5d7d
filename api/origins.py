"""From where somebody acts, as the log names it: the request, the client program, how they proved who they are."""

import hashlib
from typing import Any

from rest_framework.request import Request

from accounts.models import Token
from audit.log import Request as Origin
from workflow.acting import Acting
from workflow.models import Membership

from .middleware import PLACE

LONGEST_CLIENT = 200


def acting_as(request: Request, member: Membership, role: str) -> Acting:
    """A member in a role, from where this request came."""
    return Acting(member, role, request=origin(request), auth=proof(request))


def origin(request: Request) -> Origin:
    """The request's id and the client program."""
    program = "".join(c for c in request.headers.get("User-Agent", "") if " " <= c <= "~")
    return Origin(id=request.META[PLACE], client=program[:LONGEST_CLIENT] or None)


def proof(request: Request) -> dict[str, Any]:
    """How the person proved who they are; of the token or session only a digest."""
    if isinstance(request.auth, Token):
        method, secret = "token", bytes(request.auth.sha256)
    else:
        method, secret = "session", (request.session.session_key or "").encode()
    session = f"sha256:{hashlib.sha256(secret).hexdigest()}"
    return {"method": method, "acr": None, "session": session, "authenticated_at": None}
