"""What a token may do: in which projects, which verbs, on which task; where nothing is said, what its person may."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final
from uuid import UUID

READ: Final = "read"  # people's word for a token that changes nothing
SEE: Final = "see"  # the one verb that it stands for


@dataclass(frozen=True, slots=True)
class Scope:
    """The projects, by slug, and the verbs that a token is limited to; None is no limit.

    `task`: the one task that it is for, and `lease` the token of that task's lease, with which it ends.
    """

    projects: frozenset[str] | None = None
    verbs: frozenset[str] | None = None
    task: UUID | None = None
    lease: UUID | None = None

    def allows(self, project: str, verb: str, task: UUID | None = None) -> bool:
        """Whether the token may do this at all, on `task` if it is done on one; its person is another question."""
        of_task = self.task is None or self.task == task
        return of_task and _holds(self.projects, {project}) and _holds(_meant(self.verbs), {verb})

    def covers(self, other: "Scope") -> bool:
        """Whether `other` may nothing that this may not. What is for one task covers nothing: it makes no tokens."""
        if self.task is not None:
            return False
        return _holds(self.projects, other.projects) and _holds(_meant(self.verbs), _meant(other.verbs))

    def within(self, project: str) -> bool:
        """Whether the token may anything in this project."""
        return _holds(self.projects, {project})

    def sentence(self) -> str:
        """What the token may do, in words."""
        if self.task is not None:
            doing = "look at" if _holds({SEE}, _meant(self.verbs)) else "look at and work on"
            return f"This token may only {doing} the one task that it was made for."
        doing = f"only {_listed(self.verbs)}, and" if self.verbs else "do what you may, but"
        if not self.projects:
            return f"This token may {doing.rpartition(',')[0]}."
        noun = "project" if len(self.projects) == 1 else "projects"
        return f"This token may {doing} only in the {noun} {', '.join(sorted(self.projects))}."


WHOLE: Final = Scope()


def scope_of(projects: Iterable[str] | None, verbs: Iterable[str] | None) -> Scope:
    """A scope from lists; None is no limit."""
    return Scope(
        None if projects is None else frozenset(projects), None if verbs is None else frozenset(verbs)
    )


def _meant(verbs: frozenset[str] | None) -> frozenset[str] | None:
    return None if verbs is None else frozenset(SEE if verb == READ else verb for verb in verbs)


def _holds(limit: Set[str] | None, wanted: Iterable[str] | None) -> bool:
    return limit is None or (wanted is not None and limit >= set(wanted))


def _listed(verbs: frozenset[str]) -> str:
    *others, last = sorted(verb.replace("_", " ") for verb in verbs)
    return f"{', '.join(others)} and {last}" if others else last
