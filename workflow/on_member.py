"""One act on one member: their project is locked, they are read anew, and the act goes to the project's chain."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Model

from audit.actions import Action
from audit.contents import Blob, store
from audit.log import Entry, Journal, Reason, Stream

from .acting import Acting, machine
from .credentials import credential_snapshot
from .errors import InvalidInput, NotAllowed, NotFound
from .models import Membership, Role, Training
from .projects import lock
from .reasons import fault

STATUS_ACTIONS: Final = {
    Membership.Status.PAUSED: Action.READER_PAUSED,
    Membership.Status.ACTIVE: Action.READER_RESUMED,
    Membership.Status.LEFT: Action.ACCOUNT_DISABLED,
}


def on_member(acting: Acting, member: Membership) -> tuple[Membership, Journal, Stream]:
    """Lock the project; the member as they are now, and the journal and chain for the act. Within a transaction."""
    lock(member.project)
    member = Membership.objects.select_related("project__log", "user").get(pk=member.pk)
    if acting.member is not None and acting.member.project_id != member.project_id:
        # A manager's name in one project's log must not appear in another's.
        acting = machine(acting.request)
    journal = Journal(member.project.log, acting.actor(), acting.request)
    return member, journal, journal.stream("project", member.project_id)


def member_of(acting: Acting, member_id: Any) -> Membership:
    """A member of the acting person's own project by their id; NotFound otherwise."""
    found = Membership.objects.select_related("project__log", "user")
    member = found.filter(pk=member_id, project=acting.person().project_id).first()
    if member is None:
        raise NotFound("There is no such person in this project.")
    return member


def object_of(member: Membership) -> tuple[str, str, int]:
    """How an event names a member as what it is about."""
    return ("account", member.actor_id, 1)


def new_snapshot(journal: Journal, stream: Stream, member: Membership) -> Entry:
    """Cite from now on what qualifies the member today; the caller saves `credentials`."""
    snapshot = journal.keep(credential_snapshot(member, member.user, journal.now()))
    store([snapshot])
    member.credentials_id = snapshot.digest
    return journal.record(
        stream,
        Action.ACCOUNT_CREDENTIALS_CHANGED,
        object=object_of(member),
        after=snapshot,
        extra={"actor": member.actor_id},
    )


def keep_training(
    journal: Journal,
    stream: Stream,
    member: Membership,
    material: Blob,
    *,
    score: Decimal | None,
    passed: bool,
    completed_at: datetime,
) -> Training:
    """Record and save that the member completed training material, and cite it from now on; writes the journal."""
    store([material])
    about = {"actor": member.actor_id, "passed": passed, "score": None if score is None else str(score)}
    entry = journal.record(
        stream,
        Action.TRAINING_COMPLETED,
        object=object_of(member),
        inputs=[("material", material.digest)],
        extra=about,
    )
    training = Training.objects.create(
        member=member,
        material_id=material.digest,
        completed_at=completed_at,
        score=score,
        passed=passed,
        event_id=entry.event_id,
    )
    new_snapshot(journal, stream, member)
    journal.write()
    member.save(update_fields=["credentials"])
    return training


def change_status(journal: Journal, stream: Stream, member: Membership, status: str, reason: Reason) -> None:
    """Record and save that the member is active, paused or gone from now on."""
    action, about = STATUS_ACTIONS[Membership.Status(status)], {"actor": member.actor_id}
    journal.record(stream, action, object=object_of(member), reason=reason, extra=about)
    member.status = status
    member.save(update_fields=["status"])


def need_another_manager_than(member: Membership) -> None:
    """NotAllowed unless somebody else is an active manager of the project: somebody must be able to undo a mistake."""
    others = Membership.objects.filter(
        project=member.project_id, status=Membership.Status.ACTIVE, user__is_active=True
    )
    if not others.filter(roles__contains=[Role.MANAGER]).exclude(pk=member.pk).exists():
        raise NotAllowed("A project keeps at least one active manager: name another one first.")


def check_clean(row: Model, exclude: Sequence[str] = ()) -> None:
    """InvalidInput with a fault for each field of the row that its model refuses; unique fields are not asked for."""
    try:
        row.full_clean(exclude=set(exclude), validate_unique=False)
    except ValidationError as error:
        raise InvalidInput(
            [
                fault("" if name == "__all__" else f"/{name}", "invalid", message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from None
