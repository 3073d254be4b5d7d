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
from audit.log import Journal, Reason, moment
from audit.models import Log

from .acting import Acting, machine
from .documents import checked_guideline, checked_protocol, guideline_of
from .errors import AlreadyDone, InvalidInput, NotAllowed, NotFound, NothingPublished
from .models import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion, Role

CREDENTIAL_SNAPSHOT = "consilium/credential-snapshot/v1"
BY_SENIORITY = (Role.SENIOR_ARBITER, Role.JUNIOR_REVIEWER, Role.ANNOTATOR, Role.MANAGER, Role.AUDITOR)


def create_project(
    *, founder: User, slug: str, name: str, description: str = "", time_zone: str = "UTC", roles: Sequence[str] = (Role.MANAGER,)
) -> Project:
    """Open a project and its log; whoever founds it becomes its first manager."""
    if time_zone not in available_timezones():
        raise InvalidInput(
            [{"path": "/time_zone", "code": "unknown_zone", "message": "Give a zone such as Europe/Vienna."}]
        )
    try:
        with transaction.atomic():
            project = Project(slug=slug, name=name, description=description, time_zone=str(ZoneInfo(time_zone)))
            project.log = Log.objects.create(
                project_id=project.pk, origin=f"{settings.LOG_HOST}/p/{project.pk}/e1"
            )
            project.save(force_insert=True)
            journal = Journal(project.log, machine().actor(), machine().request)
            stream = journal.new_stream("project", project.pk)
            journal.record(stream, Action.LOG_OPENED, object=("project", str(project.pk), 1))
            about = {"slug": slug, "name": name, "time_zone": project.time_zone, "seed_digest": blob_of(project.seed).digest}
            after = journal.keep({"schema": "consilium/project/v1", **about})
            journal.record(stream, Action.PROJECT_CREATED, object=("project", str(project.pk), 1), after=after)
            journal.write()
            _admit(journal, stream, project, founder, roles, "", 100)
            journal.write()
    except IntegrityError as error:
        if "workflow_project_slug" in str(error):
            raise AlreadyDone(f"There is a project called {slug} already.") from None
        raise
    return project


def add_member(
    *, acting: Acting, project: Project, user: User, roles: Sequence[str], site: str = "", capacity_per_day: int = 100
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
            _lock(project)
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
    journal: Journal, stream: Any, project: Project, user: User, roles: Sequence[str], site: str, capacity: int
) -> Membership:
    member = Membership(
        project=project, user=user, roles=sorted(roles), site=site, capacity_per_day=capacity
    )
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
        stream, Action.ACCOUNT_ROLE_GRANTED, object=about, extra={"actor": member.actor_id, "roles": member.roles}
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


def draft_guideline(*, acting: Acting, project: Project, document: dict[str, Any]) -> GuidelineVersion:
    """Begin a new guideline version; the document may still have faults."""
    acting.using(Role.MANAGER).within(project)
    return GuidelineVersion.objects.create(project=project, number=_next(GuidelineVersion, project), draft=document)


def draft_protocol(*, acting: Acting, project: Project, document: dict[str, Any]) -> ProtocolVersion:
    """Begin a new protocol version; the document may still have faults."""
    acting.using(Role.MANAGER).within(project)
    return ProtocolVersion.objects.create(project=project, number=_next(ProtocolVersion, project), draft=document)


def publish_guideline(
    *, acting: Acting, version: GuidelineVersion, change_note: str, changes_meaning: bool = True
) -> GuidelineVersion:
    """Make a guideline version what readers work under, for ever under one digest; the one before is retired."""
    acting = acting.using(Role.MANAGER).within(version.project)
    document = checked_guideline(version.draft or {})
    return _publish(acting, version, document, change_note, changes_meaning, Action.GUIDELINE_PUBLISHED)


def publish_protocol(
    *, acting: Acting, version: ProtocolVersion, change_note: str, changes_meaning: bool = True
) -> ProtocolVersion:
    """Make a protocol version what new rounds are settled under; it must fit the published guideline."""
    acting = acting.using(Role.MANAGER).within(version.project)
    guideline = published(GuidelineVersion, version.project)
    label_schema = guideline_of(str(guideline.content_id))["label_schema"]
    document = checked_protocol(version.draft or {}, label_schema)
    return _publish(acting, version, document, change_note, changes_meaning, Action.PROTOCOL_PUBLISHED)


def _publish(
    acting: Acting, version: Any, document: dict[str, Any], change_note: str, changes_meaning: bool, action: Action
) -> Any:
    retire = {
        Action.GUIDELINE_PUBLISHED: Action.GUIDELINE_RETIRED,
        Action.PROTOCOL_PUBLISHED: Action.PROTOCOL_RETIRED,
    }[action]
    kind = action.value.split(".")[0]
    with transaction.atomic():
        _lock(version.project)
        version = type(version).objects.select_for_update().get(pk=version.pk)
        if version.status != version.Status.DRAFT:
            raise AlreadyDone(f"This {kind} version was published already; it never changes. Make a new one.")
        journal = Journal(version.project.log, acting.actor(), acting.request)
        stream = journal.stream("project", version.project_id)
        for old in type(version).objects.filter(project=version.project, status=version.Status.PUBLISHED):
            journal.record(stream, retire, object=(kind, str(old.pk), old.number))
            type(version).objects.filter(pk=old.pk).update(status=version.Status.RETIRED)
        content = journal.keep(document)
        store([content])
        entry = journal.record(
            stream,
            action,
            object=(kind, str(version.pk), version.number),
            after=content,
            reason=Reason("published", change_note),
            extra={"changes_meaning": changes_meaning},
        )
        version.status, version.content_id, version.event_id = "published", content.digest, entry.event_id
        version.draft, version.change_note, version.changes_meaning = document, change_note, changes_meaning
        version.published_at, version.published_by = moment(journal.now()), acting.member
        journal.write()
        version.save()
    return version


def acknowledge(*, acting: Acting, guideline: GuidelineVersion) -> Acknowledgement:
    """Record that a member has read a guideline version; once is enough."""
    member = acting.within(guideline.project).person()
    if guideline.status == GuidelineVersion.Status.DRAFT:
        raise NotFound("This guideline version is not published.")
    with transaction.atomic():
        _lock(guideline.project)
        done = Acknowledgement.objects.filter(member=member, guideline=guideline).first()
        if done:
            return done
        journal = Journal(guideline.project.log, acting.actor(), acting.request)
        entry = journal.record(
            journal.stream("project", guideline.project_id),
            Action.GUIDELINE_ACKNOWLEDGED,
            object=("guideline", str(guideline.pk), guideline.number),
            inputs=[("guideline", str(guideline.content_id))],
        )
        journal.write()
        return Acknowledgement.objects.create(member=member, guideline=guideline, event_id=entry.event_id)


def published(kind: Any, project: Project) -> Any:
    """The published version of a line; NothingPublished if there is none yet."""
    version = kind.objects.filter(project=project, status="published").first()
    if version is None:
        raise NothingPublished()
    return version


def membership(user: User, project_id: UUID) -> Membership:
    """A person's membership of a project; NotFound for an outsider, who may not learn that the project exists."""
    member = Membership.objects.select_related("project__log", "user").filter(user=user, project=project_id).first()
    if member is None:
        raise NotFound("There is no such project.")
    if member.status == Membership.Status.LEFT or not user.is_active:
        raise NotAllowed("You are no longer in this project.")
    return member


def _lock(project: Project) -> None:
    # The project's row is what its stream's writers queue at.
    Project.objects.select_for_update().get(pk=project.pk)


def _next(kind: Any, project: Project) -> int:
    last = kind.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1
