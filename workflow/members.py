"""What changes about a person in a project: roles, site conflicts, training, credentials, leaving. All are events."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Credential, Token, User
from accounts.sessions import end_sessions
from audit.actions import Action
from audit.canonical import FaultAt
from audit.log import Reason

from .acting import Acting
from .errors import AlreadyDone, InvalidInput, NotAllowed
from .models import Membership, Role, Training
from .on_member import (
    change_status,
    check_clean,
    keep_training,
    need_another_manager_than,
    new_snapshot,
    object_of,
    on_member,
)
from .reasons import fault

LONGEST_SITE, MOST_PER_DAY = 40, 1000


def change_roles(*, acting: Acting, member: Membership, roles: Sequence[str], reason: str = "") -> Membership:
    """Grant and revoke roles. The last manager keeps theirs: somebody must be able to undo a mistake."""
    acting = acting.using(Role.MANAGER).within(member.project)
    new = checked_roles(roles)
    with transaction.atomic():
        member, journal, stream = on_member(acting, member)
        old = set(member.roles)
        if new == old:
            raise AlreadyDone("These are the roles that this person has.")
        if Role.MANAGER in old - new and member.status == Membership.Status.ACTIVE:
            need_another_manager_than(member)
        for action, changed in (
            (Action.ACCOUNT_ROLE_GRANTED, new - old),
            (Action.ACCOUNT_ROLE_REVOKED, old - new),
        ):
            if changed:
                about = {"actor": member.actor_id, "roles": sorted(changed)}
                why = Reason("roles_changed", reason)
                journal.record(stream, action, object=object_of(member), reason=why, extra=about)
        member.roles = sorted(new)
        new_snapshot(journal, stream, member)
        journal.write()
        member.save(update_fields=["roles", "credentials"])
    return member


def checked_roles(roles: Sequence[str]) -> set[str]:
    """The roles as a set; InvalidInput if there are none, or unknown ones."""
    if not roles or set(roles) - set(Role.values):
        message = f"Choose one or more of {', '.join(Role.values)}."
        raise InvalidInput([fault("/roles", "unknown_role", message)])
    return set(roles)


def declare(
    *,
    acting: Acting,
    member: Membership,
    conflicts: Sequence[str] | None = None,
    capacity_per_day: int | None = None,
    safety_contact: bool | None = None,
) -> Membership:
    """State a person's conflicts of interest (sites), daily capacity, or that they are the safety contact."""
    acting = acting.using(Role.MANAGER).within(member.project)
    sites = None if conflicts is None else sorted({site.strip() for site in conflicts if site.strip()})
    if faults := [*_capacity_faults(capacity_per_day), *_site_faults(sites or [])]:
        raise InvalidInput(faults)
    with transaction.atomic():
        member, journal, stream = on_member(acting, member)
        before = _declared(member)
        member.conflicts = member.conflicts if sites is None else sites
        member.capacity_per_day = member.capacity_per_day if capacity_per_day is None else capacity_per_day
        member.safety_contact = member.safety_contact if safety_contact is None else safety_contact
        if _declared(member) == before:
            raise AlreadyDone("Nothing of this is new.")
        about = {"actor": member.actor_id, **_declared(member)}
        journal.record(stream, Action.PROJECT_SETTINGS_CHANGED, object=object_of(member), extra=about)
        if member.conflicts != before["conflicts"]:
            new_snapshot(journal, stream, member)
        journal.write()
        member.save(update_fields=["conflicts", "capacity_per_day", "safety_contact", "credentials"])
    return member


def _declared(member: Membership) -> dict[str, Any]:
    return {
        "capacity_per_day": member.capacity_per_day,
        "safety_contact": member.safety_contact,
        "conflicts": member.conflicts,
    }


def _capacity_faults(capacity: int | None) -> list[dict[str, str]]:
    if capacity is None or 0 <= capacity <= MOST_PER_DAY:
        return []
    return [
        fault("/capacity_per_day", "bad_capacity", f"A day's capacity goes from 0 to {MOST_PER_DAY} tasks.")
    ]


def _site_faults(sites: Sequence[str]) -> list[dict[str, str]]:
    message = f"A site's name has at most {LONGEST_SITE} printable characters."
    wrong = [site for site in sites if len(site) > LONGEST_SITE or not site.isprintable()]
    return [fault("/conflicts", "bad_site", message)] if wrong else []


def set_status(*, acting: Acting, member: Membership, status: str, reason: Reason) -> Membership:
    """Pause a person, let them work again, or let them leave; a person who left keeps their name in the log."""
    acting = acting.using(Role.MANAGER).within(member.project)
    if status not in Membership.Status.values:
        raise InvalidInput([fault("/status", "bad_status", "Choose active, paused or left.")])
    with transaction.atomic():
        member, journal, stream = on_member(acting, member)
        if status == member.status:
            raise AlreadyDone(f"This person is {status} already.")
        if status == Membership.Status.ACTIVE and not member.user.is_active:
            raise NotAllowed("This person's account is closed, so they can't work again.")
        if Role.MANAGER in member.roles and member.status == Membership.Status.ACTIVE:
            need_another_manager_than(member)
        change_status(journal, stream, member, status, reason)
        journal.write()
    return member


def record_training(
    *,
    acting: Acting,
    member: Membership,
    material: Any,
    score: Decimal | None,
    passed: bool,
    completed_at: datetime,
) -> Training:
    """Keep that a member completed training material (a JSON document, kept as content)."""
    acting = acting.using(Role.MANAGER).within(member.project)
    if completed_at.year < 1900 or completed_at > timezone.now():
        message = "Training is recorded once it is completed: give a time in the past."
        raise InvalidInput([fault("/completed_at", "not_in_past", message)])
    with transaction.atomic():
        member, journal, stream = on_member(acting, member)
        return keep_training(
            journal,
            stream,
            member,
            journal.keep(material),
            score=score,
            passed=passed,
            completed_at=completed_at,
        )


def add_credential(*, acting: Acting, user: User, **about: Any) -> Credential:
    """Keep a new credential of a person, and cite it from now on in every project that they are in.

    `acting` is a manager of one of these projects, who verified it.
    """
    acting = acting.using(Role.MANAGER)
    _of_the_same_project(acting, user, "You can add credentials only for people of your project.")
    credential = Credential(user=user, **about)
    if credential.valid_to is not None and credential.valid_to < credential.valid_from:
        raise InvalidInput([fault("/valid_to", "ends_before_it_begins", "It ends before it begins.")])
    check_clean(credential, exclude=["user"])
    with transaction.atomic():
        credential.save(force_insert=True)
        for found in _memberships(user):
            member, journal, stream = on_member(acting, found)
            try:
                new_snapshot(journal, stream, member)
            except FaultAt as error:
                raise InvalidInput([fault(error.pointer, "not_storable", f"It {error.reason}.")]) from None
            journal.write()
            member.save(update_fields=["credentials"])
    return credential


def deactivate(*, acting: Acting, user: User, reason: Reason) -> None:
    """Close a person's account: sign-in and tokens end, their work and their name in the logs stay."""
    acting = acting.using(Role.MANAGER)
    _of_the_same_project(acting, user, "You can close only accounts of people of your project.")
    if user.pk == acting.person().user_id:
        raise NotAllowed("You can't close your own account.")
    with transaction.atomic():
        members = [member for member in _memberships(user) if member.status != Membership.Status.LEFT]
        _may_close(acting, user, members)
        for found in members:
            member, journal, stream = on_member(acting, found)
            if Role.MANAGER in member.roles and member.status == Membership.Status.ACTIVE:
                need_another_manager_than(member)
            change_status(journal, stream, member, Membership.Status.LEFT, reason)
            journal.write()
        Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
        User.objects.filter(pk=user.pk).update(is_active=False)
        end_sessions(user=user)


def _may_close(acting: Acting, user: User, members: Sequence[Membership]) -> None:
    # Anybody can let a person into a project of their own: that must not give them the person's account.
    mine = Membership.objects.filter(
        user=acting.person().user_id, status=Membership.Status.ACTIVE, roles__contains=[Role.MANAGER]
    )
    managed = set(mine.values_list("project_id", flat=True))
    if user.is_staff or user.is_superuser or any(m.project_id not in managed for m in members):
        raise NotAllowed(
            "This account is also used outside the projects that you manage. "
            "Let the person leave your project, or ask whoever runs this service to close the account."
        )
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise AlreadyDone("This account is closed already.")


def _of_the_same_project(acting: Acting, user: User, otherwise: str) -> None:
    if not Membership.objects.filter(user=user, project=acting.person().project_id).exists():
        raise NotAllowed(otherwise)


def _memberships(user: User) -> list[Membership]:
    # In the order of projects: two people at once then lock them in the same order.
    return list(Membership.objects.select_related("project").filter(user=user).order_by("project_id"))
