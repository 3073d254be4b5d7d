"""In which order open work is handed out: by rank, and within equal rank around a ring, each person from their place.

Pure, so that a simulation can ask it; the claim orders by the same numbers, which a task keeps (`rank`, `ring`).
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

PLACES = 1 << 15  # a ring has so many places: what a smallint can hold above zero
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rank_of(came: datetime, bonus: timedelta, spread: timedelta) -> datetime:
    """When a case counts as having come: earlier by its priority's bonus, cut down to whole spans of `spread`.

    Age lifts every case past any priority in time, so that none starves. All that came within one span is equally
    urgent; a spread of nothing keeps the order to the microsecond.
    """
    counted = came - bonus
    return counted - (counted - _EPOCH) % spread if spread else counted


def ring_of(name: UUID) -> int:
    """The place on the ring, 0 to 32 767, of a case or of a person: as random as the first bits of their UUIDv4."""
    return int.from_bytes(name.bytes[:2]) % PLACES


def turn(ring: int, start: int) -> int:
    """How far along the ring a case lies from where a person starts."""
    return (ring - start) % PLACES


def order(rank: datetime, ring: int, start: int) -> tuple[datetime, int]:
    """What a person's queue is sorted by; a case's slots and then ids decide what is left."""
    return rank, turn(ring, start)
