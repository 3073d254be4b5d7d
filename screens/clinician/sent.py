"""What a page of a task sends with every act: the lease's token, the draft's version, and what was typed."""

from uuid import UUID

from django.http import HttpRequest

from screens.forms.typed import Typed
from tasks.errors import LeaseLost

OURS = frozenset(
    {
        "csrfmiddlewaretoken",
        "token",
        "draft_version",
        "mode",
        "change",
        "drawn",
        "normal",
        "kind",
        "text",
        "code",
        "words",
        "over",
        "viewer",
        "picture",
        "viewer_state",
    }
)


def typed_of(request: HttpRequest) -> Typed:
    """The form, without what only the page needs."""
    return Typed.of({name: given for name, given in request.POST.lists() if name not in OURS})


def token_of(request: HttpRequest) -> UUID:
    """The lease's token; one that is none holds nothing."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise LeaseLost() from None


def version_of(request: HttpRequest) -> int:
    """The version of the draft that the page was made from."""
    return _number(request, "draft_version")


def over_of(request: HttpRequest) -> int:
    """The newer draft of an outside viewer that whoever sends the page was told of."""
    return _number(request, "over")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
