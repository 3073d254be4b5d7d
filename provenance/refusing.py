"""When nothing is exported: the log isn't signed, or the person may not see what is in it yet."""

from django.db.models import F

from audit.models import Standing
from workflow.acting import Acting
from workflow.errors import NotAllowed
from workflow.models import Membership, Part, Project
from workflow.permissions import TABLE, Kind, Verb
from workflow.states import State

from .errors import LogRefused, OpenPart


def refuse_if_unsigned(project: Project) -> None:
    """LogRefused if the sealer found that the database is older than what it signed, or differs from it."""
    if standing := refusal_of(project):
        raise LogRefused(f"Nothing is exported from this log: {standing.sentence}", reason=standing.code)


def refusal_of(project: Project) -> Standing | None:
    """Why the sealer signs this log no more; None while it signs."""
    return Standing.objects.filter(log=project.log_id).exclude(code="").first()


def refuse_if_blinded(member: Membership | None) -> None:
    """OpenPart while a member plays a part in a case that is not final: the bundle would show them others' reads."""
    if member is None:
        return
    parts = Part.objects.filter(member=member, round=F("case__round"))
    if parts.exclude(case__state=State.FINAL).filter(case__probe_score=None).exists():
        raise OpenPart()


def permitted(acting: Acting, verb: Verb) -> Acting:
    """Whoever acts, in a role that may do this with a bundle; NotAllowed or OpenPart otherwise. The machine may."""
    if acting.member is None:
        return acting
    if acting.role not in TABLE[verb, Kind.BUNDLE]:
        raise NotAllowed("Bundles are for the project's auditors and managers.")
    refuse_if_blinded(acting.member)
    return acting.using(acting.role)
