"""Guideline and protocol versions: drafted, published for ever under one digest, acknowledged, retired."""

from typing import Any

from django.db import transaction

from audit.actions import Action
from audit.log import Journal, Reason, Stream, moment

from .acting import Acting
from .assistance.pinning import check_its_model
from .documents import checked_guideline, checked_protocol, guideline_of
from .errors import AlreadyDone, NotFound, NothingPublished
from .models import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion, Role
from .notices import tell
from .permissions import READERS
from .projects import lock

NEWER = "A newer version of the guideline is published. Before your next case it is yours to read and acknowledge."


def draft_guideline(*, acting: Acting, project: Project, document: dict[str, Any]) -> GuidelineVersion:
    """Begin a new guideline version; the document may still have faults."""
    acting.using(Role.MANAGER).within(project)
    with transaction.atomic():
        lock(project)
        return GuidelineVersion.objects.create(
            project=project, number=_next(GuidelineVersion, project), draft=document
        )


def draft_protocol(*, acting: Acting, project: Project, document: dict[str, Any]) -> ProtocolVersion:
    """Begin a new protocol version; the document may still have faults."""
    acting.using(Role.MANAGER).within(project)
    with transaction.atomic():
        lock(project)
        return ProtocolVersion.objects.create(
            project=project, number=_next(ProtocolVersion, project), draft=document
        )


def publish_guideline(
    *, acting: Acting, version: GuidelineVersion, change_note: str, changes_meaning: bool = True
) -> GuidelineVersion:
    """Make a guideline version what readers work under, for ever under one digest; the one before is retired."""
    acting = acting.using(Role.MANAGER).within(version.project)
    document = checked_guideline(version.draft or {})
    with transaction.atomic():
        _publish(acting, version, document, change_note, changes_meaning, Action.GUIDELINE_PUBLISHED)
        _tell_readers(version)
    return version


def _tell_readers(version: GuidelineVersion) -> None:
    """Let readers know of a newer version; of the first there is nothing to read anew."""
    before = GuidelineVersion.objects.filter(project=version.project, content__isnull=False)
    if before.exclude(pk=version.pk).exists():
        readers = Membership.objects.filter(project=version.project, status=Membership.Status.ACTIVE)
        tell(
            readers.filter(roles__overlap=list(READERS)),
            kind="guideline_published",
            text=NEWER,
            link="/work/",
        )


def publish_protocol(
    *, acting: Acting, version: ProtocolVersion, change_note: str, changes_meaning: bool = True
) -> ProtocolVersion:
    """Make a protocol version what new rounds are settled under; it must fit the published guideline."""
    acting = acting.using(Role.MANAGER).within(version.project)
    guideline = published(GuidelineVersion, version.project)
    label_schema = guideline_of(str(guideline.content_id))["label_schema"]
    document = checked_protocol(version.draft or {}, label_schema)
    check_its_model(version.project, document)
    _publish(acting, version, document, change_note, changes_meaning, Action.PROTOCOL_PUBLISHED)
    return version


def _publish(
    acting: Acting,
    version: GuidelineVersion | ProtocolVersion,
    document: dict[str, Any],
    change_note: str,
    changes_meaning: bool,
    action: Action,
) -> None:
    kind, project = action.value.split(".")[0], version.project
    with transaction.atomic():
        lock(project)
        if type(version).objects.get(pk=version.pk).status != version.Status.DRAFT:
            raise AlreadyDone(f"This {kind} version was published already; it never changes. Make a new one.")
        journal = Journal(project.log, acting.actor(), acting.request)
        stream = journal.stream("project", project.pk)
        _retire_the_one_before(journal, stream, version, kind)
        content = journal.keep(document)
        entry = journal.record(
            stream,
            action,
            object=(kind, str(version.pk), version.number),
            after=content,
            reason=Reason("published", change_note),
            extra={"changes_meaning": changes_meaning},
        )
        now = moment(journal.now())
        journal.write()
        version.status, version.content_id, version.event_id = "published", content.digest, entry.event_id
        version.draft, version.change_note, version.changes_meaning = document, change_note, changes_meaning
        version.published_at, version.published_by = now, acting.member
        version.save()


def _retire_the_one_before(journal: Journal, stream: Stream, version: Any, kind: str) -> None:
    action = Action.GUIDELINE_RETIRED if kind == "guideline" else Action.PROTOCOL_RETIRED
    for old in type(version).objects.filter(project=version.project, status=version.Status.PUBLISHED):
        journal.record(stream, action, object=(kind, str(old.pk), old.number))
        type(version).objects.filter(pk=old.pk).update(status=version.Status.RETIRED)


def acknowledge(*, acting: Acting, guideline: GuidelineVersion) -> Acknowledgement:
    """Record that a member has read a guideline version; once is enough."""
    member = acting.within(guideline.project).person()
    if guideline.status == GuidelineVersion.Status.DRAFT:
        raise NotFound("This guideline version is not published.")
    with transaction.atomic():
        lock(guideline.project)
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


def _next(kind: Any, project: Project) -> int:
    last = kind.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1
