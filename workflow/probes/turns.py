"""After how many claims a probe comes to a person: drawn with a seed, each claim by itself."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from workflow.draws import Draw, draw
from workflow.models import Case, Project

FURTHEST = 2000  # claims ahead that are drawn: beyond that the share is too small to matter


@dataclass(frozen=True, slots=True)
class Turn:
    """A probe comes after `claims` claims; what it is for, and the draw that says so."""

    claims: int
    purpose: Case.Purpose
    draw: Draw


def next_turn(project: Project, member: UUID, gold: Decimal, repeats: Decimal, after: int) -> Turn | None:
    """The first turn after so many claims; None if nothing is drawn for long.

    Each claim is drawn against the sum of both shares: in the long run a share of `gold` are controls, and a share
    of `repeats` the person's own earlier cases.
    """
    if gold + repeats <= 0:
        return None
    for claims in range(after + 1, after + 1 + FURTHEST):
        found = draw(project, "probe", min(gold + repeats, Decimal(1)), member, claims)
        if found.drawn:
            is_gold = found.value_ppm < int(gold * 1_000_000)
            return Turn(claims, Case.Purpose.GOLD if is_gold else Case.Purpose.REPEAT, found)
    return None
