"""Projects, their people, and the publishing of what labels are made under."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Credential, User
from audit.actions import Action
from audit.contents import blob_of, store
from audit.envelope import check_credential_snapshot
from audit.log import Journal, moment
from audit.models import Log

from .acting import Acting, machine
from .errors import AlreadyDone, InvalidInput, NotAllowed, NotFound
from .models import Membership, Project, Role

CREDENTIAL_SNAPSHOT = "consilium/credential-snapshot/v1"
BY_SENIORITY = (Role.SENIOR_ARBITER, Role.JUNIOR_REVIEWER, Role.ANNOTATOR, Role.MANAGER, Role.AUDITOR)


def create_project(
    *,
    founder: User,
    slug: str,
    name: str,
    description: str = "",
    time_zone: str = "UTC",
    roles: Sequence[str] = (Role.MANAGER,),
) -> Project:
    """Open a project and its log; whoever founds it becomes its first manager."""
    if time_zone not in available_timezones():
        raise InvalidInput(
            [{"path": "/time_zone", "code": "unknown_zone", "message": "Give a zone such as Europe/Vienna."}]
        )
    try:
        with transaction.atomic():
            project = Project(
                slug=slug, name=name, description=description, time_zone=str(ZoneInfo(time_zone))
            )
            project.log = Log.objects.create(
                project_id=project.pk, origin=f"{settings.LOG_HOST}/p/{project.pk}/e1"
            )
            project.save(force_insert=True)
            journal = Journal(project.log, machine().actor(), machine().request)
            stream = journal.new_stream("project", project.pk)
            journal.record(stream, Action.LOG_OPENED, object=("project", str(project.pk), 1))
            about = {
                "slug": slug,
                "name": name,
                "time_zone": project.time_zone,
                "seed_digest": blob_of(project.seed).digest,
            }
            after = journal.keep({"schema": "consilium/project/v1", **about})
            journal.record(
                stream, Action.PROJECT_CREATED, object=("project", str(project.pk), 1), after=after
            )
            journal.write()
            _admit(journal, stream, project, founder, roles, "", 100)
            journal.write()
    except IntegrityError as error:
        if "workflow_project_slug" in str(error):
            raise AlreadyDone(f"There is a project called {slug} already.") from None
        raise
    return project


def add_member(
    *,
    acting: Acting,
    project: Project,
    user: User,
    roles: Sequence[str],
    site: str = "",
    capacity_per_day: int = 100,
) -> Membership:
    """Let a person into a project in some roles, with the credentials that they hold today."""
    acting = acting.using(Role.MANAGER).within(project)
    unknown = sorted(set(roles) - set(Role.values))
    if unknown or not roles:
        raise InvalidInput(
            [{"path": "/roles", "code": "unknown_role", "message": f"Choose from {', '.join(Role.values)}."}]
        )
    try:
        with transaction.atomic():
            lock(project)
            journal = Journal(project.log, acting.actor(), acting.request)
            stream = journal.stream("project", project.pk)
            member = _admit(journal, stream, project, user, roles, site, capacity_per_day)
            journal.write()
            return member
    except IntegrityError as error:
        if "one_membership_per_person_and_project" in str(error):
            raise AlreadyDone("This person is in the project already.") from None
        raise


def _admit(
    journal: Journal,
    stream: Any,
    project: Project,
    user: User,
    roles: Sequence[str],
    site: str,
    capacity: int,
) -> Membership:
    member = Membership(project=project, user=user, roles=sorted(roles), site=site, capacity_per_day=capacity)
    member.person = journal.commitment(
        "person", {"name": user.get_full_name() or user.username, "username": user.username}, subject=user.pk
    )
    snapshot = journal.keep(credential_snapshot(member, user, journal.now()))
    store([snapshot])
    member.credentials_id = snapshot.digest
    member.save(force_insert=True)
    about = ("account", member.actor_id, 1)
    who = {"actor": member.actor_id, "person": member.person, "site": site}
    journal.record(stream, Action.ACCOUNT_REGISTERED, object=about, after=snapshot, extra=who)
    journal.record(
        stream,
        Action.ACCOUNT_ROLE_GRANTED,
        object=about,
        extra={"actor": member.actor_id, "roles": member.roles},
    )
    return member


def credential_snapshot(member: Membership, user: User, now: str) -> dict[str, Any]:
    """What the person is qualified for today, as the log will cite it (audit-event credentials)."""
    today = moment(now).date()
    held = [
        c
        for c in Credential.objects.filter(user=user, valid_from__lte=today).order_by("valid_from")
        if c.valid_to is None or c.valid_to >= today
    ]
    last = held[-1] if held else None
    snapshot = {
        "schema": CREDENTIAL_SNAPSHOT,
        "actor": member.actor_id,
        "role": next(role for role in BY_SENIORITY if role in member.roles),
        "profession": last.profession if last else "not stated",
        "specialty": (last.specialty if last else "") or None,
        "subspecialty": (last.subspecialty if last else "") or None,
        "board_certifications": last.board_certifications if last else [],
        "years_experience": last.years_experience if last else 0,
        "years_experience_in_modality": last.years_experience_in_modality if last else 0,
        "reads_last_12_months": 0,
        "training": [],
        "qualification_cases": None,
        "conflicts_declared": [],
        "valid_from": f"{last.valid_from if last else today}T00:00:00.000000Z",
    }
    check_credential_snapshot(snapshot)
    return snapshot


def membership(user: User, project_id: UUID) -> Membership:
    """A person's membership of a project; NotFound for an outsider, who may not learn that the project exists."""
    member = (
        Membership.objects.select_related("project__log", "user")
        .filter(user=user, project=project_id)
        .first()
    )
    if member is None:
        raise NotFound("There is no such project.")
    if member.status == Membership.Status.LEFT or not user.is_active:
        raise NotAllowed("You are no longer in this project.")
    return member


def lock(project: Project) -> None:
    """Lock a project's row: what the writers of its stream queue at."""
    Project.objects.select_for_update().get(pk=project.pk)
