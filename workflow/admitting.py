"""People come into a project: by the user name that they have, or with a new account and a password to begin with."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User

from .acting import Acting
from .errors import AlreadyDone, InvalidInput, NotAllowed
from .members import LONGEST_SITE, MOST_PER_DAY, checked_roles
from .models import Membership, Role
from .on_member import check_clean
from .projects import add_member
from .reasons import fault


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who a new person is."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the person will be in the project."""

    roles: Sequence[str]
    site: str = ""
    capacity_per_day: int = 100


def admit(*, acting: Acting, username: str, place: Place) -> Membership:
    """Let a person who has an account into the acting manager's project; InvalidInput if there is no such account."""
    acting = acting.using(Role.MANAGER)
    _check(place)
    user = User.objects.filter(username=username).first()
    if user is None:
        message = "Nobody has this user name. Check it, or make a new account."
        raise InvalidInput([fault("/username", "unknown_user", message)])
    if not user.is_active:
        raise NotAllowed("This person's account is closed.")
    return _let_in(acting, user, place)


def admit_new(*, acting: Acting, account: NewAccount, place: Place) -> tuple[Membership, str]:
    """Make an account and let its person in; returns the password too, which is kept nowhere in readable form."""
    acting = acting.using(Role.MANAGER)
    _check(place)
    password = secrets.token_urlsafe(12)
    user = User(
        username=account.username,
        first_name=account.first_name,
        last_name=account.last_name,
        email=account.email,
        password_is_one_time=True,
    )
    user.set_password(password)
    _check_account(user)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            return _let_in(acting, user, place), password
    except IntegrityError as error:
        if "username" in str(error):
            raise _taken() from None
        raise


def _let_in(acting: Acting, user: User, place: Place) -> Membership:
    return add_member(
        acting=acting,
        project=acting.person().project,
        user=user,
        roles=sorted(checked_roles(place.roles)),
        site=place.site.strip(),
        capacity_per_day=place.capacity_per_day,
    )


def _check(place: Place) -> None:
    checked_roles(place.roles)
    site, faults = place.site.strip(), []
    if len(site) > LONGEST_SITE or not (site.isprintable() or not site):
        message = f"A site's name has at most {LONGEST_SITE} printable characters."
        faults.append(fault("/site", "bad_site", message))
    if not 0 <= place.capacity_per_day <= MOST_PER_DAY:
        message = f"A day's capacity goes from 0 to {MOST_PER_DAY} tasks."
        faults.append(fault("/capacity_per_day", "bad_capacity", message))
    if faults:
        raise InvalidInput(faults)


def _check_account(user: User) -> None:
    check_clean(user, exclude=["password"])
    if User.objects.filter(username=user.username).exists():
        raise _taken()


def _taken() -> AlreadyDone:
    return AlreadyDone("This user name is taken. Choose another, or let the person in by it.")
