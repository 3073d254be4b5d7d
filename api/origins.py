"""From where somebody acts over the API: by a token, or by a session."""

from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from accounts.models import Token
from accounts.origins import origin, proof, session_proof
from workflow.acting import Acting
from workflow.models import Membership


def acting_as(request: Request, member: Membership, role: str) -> Acting:
    """A member in a role, from where this request came; log lines of this request name them from now on."""
    bind_contextvars(actor=member.actor_id)
    given = request.auth
    session = request._request
    auth = proof("token", bytes(given.sha256)) if isinstance(given, Token) else session_proof(session)
    return Acting(member, role, request=origin(session), auth=auth)
