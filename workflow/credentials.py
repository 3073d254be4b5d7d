"""Credential snapshots: what qualified a person when they acted, so that the log needs no joins later."""

from datetime import timedelta
from typing import Any

from accounts.models import Credential, User
from audit.envelope import check_credential_snapshot
from audit.log import moment

from .models import Membership, Role, Training

CREDENTIAL_SNAPSHOT = "consilium/credential-snapshot/v1"
BY_SENIORITY = (Role.SENIOR_ARBITER, Role.JUNIOR_REVIEWER, Role.ANNOTATOR, Role.MANAGER, Role.AUDITOR)
YEAR = timedelta(days=365)


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
        "reads_last_12_months": member.reads.filter(submitted_at__gte=moment(now) - YEAR).count(),
        "training": [_trained(t) for t in member.training.order_by("completed_at")],
        "qualification_cases": None,
        "conflicts_declared": sorted(member.conflicts),
        "valid_from": f"{last.valid_from if last else today}T00:00:00.000000Z",
    }
    check_credential_snapshot(snapshot)
    return snapshot


def _trained(training: Training) -> dict[str, Any]:
    return {
        "material_digest": str(training.material_id),
        "completed_at": training.completed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "score": None if training.score is None else f"{training.score.normalize():f}",
        "passed": training.passed,
    }
