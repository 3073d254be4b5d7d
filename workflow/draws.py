"""Random draws that can be replayed: each has its own seed, recorded with the result."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from .models import Project

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw against a share: `value_ppm` below `share_ppm` means drawn."""

    purpose: str
    seed: str
    value_ppm: int
    share_ppm: int

    @property
    def drawn(self) -> bool:
        """Whether it fell inside the share."""
        return self.value_ppm < self.share_ppm

    def recorded(self) -> dict[str, object]:
        """How an event states the draw, so that anybody can repeat it from the seed."""
        return {
            "purpose": self.purpose,
            "seed": self.seed,
            "value_ppm": self.value_ppm,
            "share_ppm": self.share_ppm,
        }


def draw(project: Project, purpose: str, share: Decimal, *about: UUID | int | str) -> Draw:
    """Draw with probability `share`, the same each time for the same project, purpose and subject."""
    seed = hashlib.sha256("/".join([project.seed, purpose, *map(str, about)]).encode()).hexdigest()
    value = int(hashlib.sha256(seed.encode()).hexdigest()[:15], 16) * 1_000_000 >> 60
    return Draw(purpose, seed, value, int(share * 1_000_000))


def shuffled(items: list[T], project: Project, purpose: str, *about: UUID | int | str) -> list[T]:
    """The items in a random order that stays the same for the same subject."""
    seed = "/".join([project.seed, purpose, *map(str, about)])
    keyed = sorted(range(len(items)), key=lambda i: hashlib.sha256(f"{seed}/{i}".encode()).digest())
    return [items[i] for i in keyed]
