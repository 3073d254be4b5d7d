"""What a person chose for every screen, by name: small JSON values that change nothing but what they see.

None of it leaves an event, as with saved views: it is nobody else's, and no label, case or right depends on it.
"""

import json
from typing import Any, Final
from uuid import UUID

from accounts.models import Preference

LARGEST: Final = 20_000  # characters of one value as JSON


class TooLarge(Exception):
    """The value is larger than a preference may be."""


def preferences_of(user: UUID) -> dict[str, Any]:
    """All that a person chose, by name."""
    return dict(Preference.objects.filter(user=user).values_list("name", "value"))


def preference(user: UUID, name: str) -> Any:
    """What a person chose under a name; None if they chose nothing."""
    return Preference.objects.filter(user=user, name=name).values_list("value", flat=True).first()


def prefer(*, user: UUID, name: str, value: Any) -> None:
    """From now on this is what they chose; TooLarge beyond LARGEST."""
    if len(json.dumps(value)) > LARGEST:
        raise TooLarge()
    Preference.objects.update_or_create(user_id=user, name=name, defaults={"value": value})


def forget(*, user: UUID, name: str) -> None:
    """They chose nothing under this name any more."""
    Preference.objects.filter(user=user, name=name).delete()
