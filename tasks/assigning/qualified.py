"""What people hold and what tasks ask for, as tags: a credential valid today, a guideline acknowledged, training."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential
from workflow.models import Acknowledgement, Membership, Training

CREDENTIAL = "credential"


def needs_of(guideline_id: UUID, training: Iterable[str]) -> frozenset[str]:
    """What a task asks of whoever takes it."""
    return frozenset({CREDENTIAL, f"guideline:{guideline_id}", *(f"training:{name}" for name in training)})


def tags_of(members: Sequence[Membership]) -> dict[UUID, frozenset[str]]:
    """What each member holds today. Three queries."""
    tags: dict[UUID, set[str]] = defaultdict(set)
    of_user = {member.user_id: member.pk for member in members}
    today = timezone.now().date()
    valid = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gte=today))
    for credential in Credential.objects.filter(valid, user__in=list(of_user)):
        tags[of_user[credential.user_id]].add(CREDENTIAL)
    for member, guideline in _acknowledged(members):
        tags[member].add(f"guideline:{guideline}")
    for member, name in _trained(members):
        tags[member].add(f"training:{name}")
    return {member.pk: frozenset(tags[member.pk]) for member in members}


def _acknowledged(members: Sequence[Membership]) -> Iterable[tuple[UUID, UUID]]:
    ids = [member.pk for member in members]
    return Acknowledgement.objects.filter(member__in=ids).values_list("member_id", "guideline_id")


def _trained(members: Sequence[Membership]) -> Iterable[tuple[UUID, str]]:
    ids = [member.pk for member in members]
    passed = Training.objects.filter(member__in=ids, passed=True, material__data__name__isnull=False)
    return passed.values_list("member_id", "material__data__name")
