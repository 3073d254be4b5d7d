"""What people hold and what tasks ask for, as tags: credentials valid today, guidelines acknowledged, training."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from workflow.models import Acknowledgement, Membership, Training
from workflow.qualification import CREDENTIAL
from workflow.qualification import tags_of as credentials_of


def needs_of(needs: Iterable[str], guideline_id: UUID, training: Iterable[str]) -> frozenset[str]:
    """What a task asks of whoever takes it."""
    learned = (f"training:{name}" for name in training)
    return frozenset({CREDENTIAL, *needs, f"guideline:{guideline_id}", *learned})


def tags_of(members: Sequence[Membership]) -> dict[UUID, frozenset[str]]:
    """What each member holds today. Three queries."""
    valid = credentials_of(members, timezone.now().date())
    tags = {member.pk: set(valid.get(member.pk) or ()) for member in members}
    for member, guideline in _acknowledged(tags):
        tags[member].add(f"guideline:{guideline}")
    for member, name in _trained(tags):
        tags[member].add(f"training:{name}")
    return {member: frozenset(held) for member, held in tags.items()}


def _acknowledged(members: Iterable[UUID]) -> Iterable[tuple[UUID, UUID]]:
    return Acknowledgement.objects.filter(member__in=list(members)).values_list("member_id", "guideline_id")


def _trained(members: Iterable[UUID]) -> Iterable[tuple[UUID, str]]:
    """Who passed what: the newest result under a name counts."""
    done = Training.objects.filter(member__in=list(members), material__data__name__isnull=False)
    told = done.order_by("completed_at").values_list("member_id", "material__data__name", "passed")
    newest = {(member, name): passed for member, name, passed in told}
    return [key for key, passed in newest.items() if passed]
