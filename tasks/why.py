"""Why there is nothing: what keeps the open tasks from a person, counted, and in words."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from workflow.models import Membership
from workflow.qualification import tags_of

from .queues import ACKNOWLEDGED, FREE, FROM_POOLS, NO_CONFLICT, NO_PART, QUALIFIED, asked_of

_RESERVED = "(t.status = 'reserved' AND t.holder_id = %(me)s AND t.turn IS NULL)"
# Counted by what a pool asks, so that what is missing can be named.
_WHY = f"""
SELECT o.needs, {NO_CONFLICT}, {QUALIFIED}, {ACKNOWLEDGED}, c.held, {_RESERVED} OR {NO_PART} AS no_part, count(*)
{FROM_POOLS} AND ({_RESERVED} OR {FREE}) GROUP BY 1, 2, 3, 4, 5, 6
"""
_MINE = f"""
SELECT EXISTS (SELECT 1 {FROM_POOLS} AND NOT c.held AND {NO_CONFLICT} AND {QUALIFIED} AND {ACKNOWLEDGED}
  AND ({_RESERVED} OR {FREE} AND {NO_PART}))
"""

NOT_COUNTED = "Cases that you took part in are not counted."
_KEPT_FROM_ALL = {
    "no_credential": "You have no valid credential in this project now; ask its manager.",
    "untrained": "You have to pass this project's training or calibration before you get work.",
    "capped": "You have taken up as much as you may today. New work comes tomorrow.",
    "share": "You have a part in as many cases as one person may have in this dataset.",
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why there is nothing: counts of the tasks that are open, and of what keeps each from this person.

    A task counts under the first that holds. forbidden: what keeps all new work from them, if anything does.
    missing: qualifications that tasks need and the person lacks, with how many need each.
    """

    open: int = 0
    held: int = 0
    took_part: int = 0
    conflict: int = 0
    unqualified: int = 0
    not_acknowledged: int = 0
    no_role: bool = False
    forbidden: str = ""
    rest_until: datetime | None = None
    missing: dict[str, int] = field(default_factory=dict)

    @property
    def for_them(self) -> int:
        """What is open for this person, as far as these rules go."""
        kept = self.held + self.took_part + self.conflict + self.unqualified + self.not_acknowledged
        return self.open - kept

    def sentence(self) -> str:
        """The answer in words, for the person themselves.

        What they took part in is never counted: its number would tell what became of the others' reads, such as
        that they disagree and one more is wanted.
        """
        if self.no_role:
            return "You hold no role in this project that takes up work."
        if self.forbidden:
            return self._forbidden()
        others = self.open - self.took_part
        if not others:
            return f"Nothing is open for you now. {NOT_COUNTED}"
        parts = [f"{count} {text}" for count, text in self._kept() if count]
        why = f", {', '.join(parts)}. {NOT_COUNTED}" if parts else "; try again."
        return f"{others} open{why}"

    def _forbidden(self) -> str:
        if self.rest_until is not None:
            return f"Time for a break: your session is over. Work goes on at {self.rest_until:%H:%M} UTC."
        return _KEPT_FROM_ALL[self.forbidden]

    def _kept(self) -> list[tuple[int, str]]:
        needed = ", ".join(sorted(spoken(tag) for tag in self.missing))
        return [
            (self.held, "are on hold"),
            (self.conflict, "come from a site where you have a conflict of interest"),
            (self.unqualified, f"need a credential that you lack ({needed})"),
            (self.not_acknowledged, "need you to acknowledge their guideline version"),
        ]


def spoken(tag: str) -> str:
    """A need as people say it: `modality:MR` is "modality MR"."""
    kind, _, value = tag.partition(":")
    return f"{kind.replace('_', ' ')} {value}"


def why_nothing(member: Membership, kinds: list[str], forbidden: str = "", rest_until: Any = None) -> Why:
    """Count what keeps the open tasks from this person."""
    if not kinds:
        return Why(no_role=True)
    if forbidden:
        return Why(forbidden=forbidden, rest_until=rest_until)
    asked = _asked(member, kinds)
    with connection.cursor() as cursor:
        cursor.execute(_WHY, asked)
        return _counted(cursor.fetchall(), set(asked["tags"]))


def is_waiting(member: Membership, kinds: list[str]) -> bool:
    """Whether anything is open for this person, whoever has it locked; what limits their day is not asked."""
    with connection.cursor() as cursor:
        cursor.execute(_MINE, _asked(member, kinds))
        return bool(cursor.fetchone()[0])


def _asked(member: Membership, kinds: list[str]) -> dict[str, Any]:
    asked = asked_of(member, kinds)
    return asked | {"tags": list(tags_of([member], asked["on"])[member.pk] or ())}


def _counted(rows: list[tuple[Any, ...]], tags: set[str]) -> Why:
    counts: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for needs, no_conflict, qualified, acknowledged, held, no_part, count in rows:
        counts["open"] += count
        if not no_part:
            counts["took_part"] += count
        elif held:
            counts["held"] += count
        elif not no_conflict:
            counts["conflict"] += count
        elif not qualified:
            counts["unqualified"] += count
            missing.update(dict.fromkeys(set(needs) - tags, count))
        elif not acknowledged:
            counts["not_acknowledged"] += count
    return Why(
        open=counts["open"],
        held=counts["held"],
        took_part=counts["took_part"],
        conflict=counts["conflict"],
        unqualified=counts["unqualified"],
        not_acknowledged=counts["not_acknowledged"],
        missing=dict(missing),
    )
