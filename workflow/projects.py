"""Projects, their people, and the publishing of what labels are made under."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.actions import Action
from audit.contents import blob_of, store
from audit.log import Journal
from audit.models import Log

from .acting import Acting, machine
from .credentials import credential_snapshot
from .errors import AlreadyDone, InvalidInput, NotAllowed, NotFound
from .models import Membership, Project, Role


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
    # Not its key: whoever works on a case may write rows that name the project, and never waits crosswise.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
