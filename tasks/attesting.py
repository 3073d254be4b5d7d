"""What display a reader reads on: said once a day where the protocol asks for it, and named by each read."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction

from audit.actions import Action
from audit.contents import Blob, blob_of
from audit.log import Journal
from workflow.acting import Acting
from workflow.errors import InvalidInput
from workflow.models import Membership
from workflow.projects import lock
from workflow.reasons import fault

from .errors import DisplayNotAttested
from .limits import today_of
from .models import Attestation

SCHEMA: Final = "consilium/attestation/v1"
DIAGONAL: Final = (10, 120)  # inches
PIXELS: Final = (400, 32768)


@dataclass(frozen=True, slots=True)
class Display:
    """What somebody says of their display: inches, pixels, when it was calibrated (None: never), and the room."""

    diagonal: int
    width: int
    height: int
    calibrated_on: date | None
    dimmed: bool

    def document(self) -> dict[str, Any]:
        """As stored."""
        calibrated_on = self.calibrated_on and self.calibrated_on.isoformat()
        return {
            "schema": SCHEMA,
            "diagonal_inches": self.diagonal,
            "pixels": [self.width, self.height],
            "calibrated_on": calibrated_on,
            "dimmed": self.dimmed,
        }


def attest(*, acting: Acting, display: Display) -> Attestation:
    """Say what one reads on today; what was said first today stands."""
    member = acting.person()
    _check(display, today_of(member.project))
    with transaction.atomic():
        lock(member.project)
        day = today_of(member.project)
        if (said := _on(member, day)) is not None:
            return said
        blob = blob_of({**display.document(), "day": day.isoformat()})
        return _recorded(acting, day, blob)


def _recorded(acting: Acting, day: date, blob: Blob) -> Attestation:
    member = acting.person()
    journal = Journal(member.project.log, acting.actor(), acting.request)
    said = Attestation(member=member, day=day, content_id=blob.digest)
    entry = journal.record(
        journal.stream("project", member.project_id),
        Action.DISPLAY_ATTESTED,
        object=("attestation", str(said.pk), 1),
        after=blob,
    )
    journal.write()
    said.event_id = entry.event_id
    said.save(force_insert=True)
    return said


def has_attested(member: Membership) -> bool:
    """Whether this person said today what they read on."""
    return _on(member, today_of(member.project)) is not None


def require_attested(member: Membership) -> None:
    """DisplayNotAttested unless this person said today what they read on."""
    if not has_attested(member):
        raise DisplayNotAttested(project=member.project.slug)


def last_said(member: Membership) -> Attestation | None:
    """What somebody said last of their display."""
    said = Attestation.objects.filter(member=member).select_related("content")
    return said.order_by("-day").first()


def digest_of_display(holder: Any) -> str | None:
    """The digest of what the holder of a task said last; None if they never said anything."""
    said = Attestation.objects.filter(member=holder).order_by("-day")
    return said.values_list("content_id", flat=True).first()


def _on(member: Membership, day: date) -> Attestation | None:
    return Attestation.objects.filter(member=member, day=day).first()


def _check(display: Display, now: date) -> None:
    faults = []
    if not DIAGONAL[0] <= display.diagonal <= DIAGONAL[1]:
        message = f"The diagonal is between {DIAGONAL[0]} and {DIAGONAL[1]} inches."
        faults.append(fault("/diagonal", "out_of_range", message))
    if not all(PIXELS[0] <= side <= PIXELS[1] for side in (display.width, display.height)):
        faults.append(
            fault("/pixels", "out_of_range", "Say how many pixels your display has, such as 3840 by 2160.")
        )
    if display.calibrated_on and display.calibrated_on > now:
        faults.append(fault("/calibrated_on", "out_of_range", "The last calibration lies in the future."))
    if faults:
        raise InvalidInput(faults)
