"""Where a person can go: the links of the top bar, by the roles that they hold somewhere."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from workflow.models import Membership, Notice, Role
from workflow.permissions import READERS, STAFF


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the top bar; `here` marks the place that is open."""

    name: str
    url: str
    here: bool


def places(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the places open to this person, and how many notices they have not read."""
    if not request.user.is_authenticated:
        return {"places": []}
    active = Membership.objects.filter(user=request.user.pk, status=Membership.Status.ACTIVE)
    held = list(active.values_list("roles", "safety_contact"))
    roles = {role for roles, _ in held for role in roles}
    told = roles & set(STAFF) or any(contact for _, contact in held)
    offered = [
        ("My queue", "work_queue", roles & set(READERS)),
        ("Projects", "projects", Role.MANAGER in roles),
        ("Audit", "audit_projects", Role.AUDITOR in roles),
        ("Safety", "safety_reports", told),
    ]
    shown = [
        Place(name, reverse(url), request.path.startswith(reverse(url))) for name, url, may in offered if may
    ]
    unread = Notice.objects.filter(member__user=request.user.pk, read_at=None).count()
    return {"places": shown, "unread_notices": unread}
