"""The demonstration's people: accounts, credentials, sign-ins, and their places in the project."""

import json
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Credential, Token, User, new_token_text, token_hash
from workflow.acting import Acting
from workflow.members import MOST_PER_DAY
from workflow.models import Membership, Project
from workflow.projects import add_member

from .people import BOARD, INVENTED_COUNTRY, PEOPLE, Person


def users() -> dict[str, User]:
    """Everybody's account, made once."""
    return {person.key: _user(person) for person in PEOPLE}


def _user(person: Person) -> User:
    first, _, last = person.full_name.partition(" ")
    user, new = User.objects.get_or_create(
        username=person.key, defaults={"first_name": first, "last_name": last}
    )
    if new:
        Credential.objects.create(
            user=user,
            profession=person.profession,
            specialty=person.specialty or "",
            subspecialty=person.subspecialty or "",
            board_certifications=_boards(person),
            years_experience=person.years,
            years_experience_in_modality=person.years_in_ct,
            modalities=["CT"],
            verified_by="nobody (invented)",
            valid_from=date(2025, 1, 1),
        )
    return user


def _boards(person: Person) -> list[dict[str, Any]]:
    if person.board is None:
        return []
    board = {"body": BOARD, "country": INVENTED_COUNTRY, "year": person.board_year}
    return [{**board, "verified_by": None, "evidence_digest": None}]


def admit_everybody(project: Project, people: dict[str, User], boss: Acting) -> dict[str, Membership]:
    """Let everybody but the outsider into the project, each once."""
    inside = {m.user_id: m for m in Membership.objects.filter(project=project).select_related("project__log")}
    members: dict[str, Membership] = {}
    for person in PEOPLE:
        if person.role is None:
            continue
        user = people[person.key]
        members[person.key] = inside.get(user.pk) or add_member(
            acting=boss,
            project=project,
            user=user,
            roles=[person.role],
            site=person.site,
            capacity_per_day=MOST_PER_DAY,  # the whole study is read within minutes
        )
    return members


def write_sign_ins(path: Path, people: dict[str, User]) -> dict[str, dict[str, str]]:
    """Give everybody a password and a token, and leave them for scripts; kept as they are if all still hold."""
    known = json.loads(path.read_text()) if path.exists() else {}
    if known.keys() == people.keys() and all(_holds(entry) for entry in known.values()):
        return dict(known)
    entries = {key: _sign_in(user) for key, user in people.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(entries, indent=2))
    return entries


def _holds(entry: dict[str, str]) -> bool:
    return Token.objects.filter(
        sha256=token_hash(entry["token"]), revoked_at=None, expires_at__gt=timezone.now() + timedelta(days=1)
    ).exists()


def _sign_in(user: User) -> dict[str, str]:
    password, token = secrets.token_urlsafe(9), new_token_text()
    user.set_password(password)
    user.save(update_fields=["password"])
    Token.objects.create(
        user=user,
        name="demonstration",
        sha256=token_hash(token),
        expires_at=timezone.now() + timedelta(days=90),
    )
    return {"username": user.username, "password": password, "token": token}
