"""What every list of a project's people can be narrowed by, and how it is sorted by name."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet

from screens.styled import Narrowing
from workflow.models import Membership, Role

BY_NAME: Final = ("user__last_name", "user__first_name", "user__username")


class MemberFilter(Narrowing):
    """Which people; what is empty narrows nothing."""

    q = forms.CharField(required=False, max_length=100, label="Name contains")
    role = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *((r.value, r.value.replace("_", " ")) for r in Role)],
        label="Role",
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "any"), *Membership.Status.choices], label="Status"
    )


def members_like(rows: QuerySet[Membership], asked: dict[str, Any]) -> QuerySet[Membership]:
    """The members whose names have all the words, who are in the role, and of the status."""
    for word in asked["q"].split():
        rows = rows.filter(
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(user__username__icontains=word)
        )
    if asked["role"]:
        rows = rows.filter(roles__contains=[asked["role"]])
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
    return rows
