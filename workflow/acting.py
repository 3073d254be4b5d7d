"""Who acts, in which role, and from where: the first argument of every function that writes."""

from dataclasses import dataclass, field, replace
from typing import Any

from audit.log import SYSTEM, Actor, Request

from .errors import NotAllowed
from .models import Membership, Project


@dataclass(frozen=True, slots=True)
class Acting:
    """A member in one of their roles, or the machine (member None)."""

    member: Membership | None
    role: str
    request: Request = field(default_factory=Request)
    auth: dict[str, Any] | None = None

    def actor(self) -> Actor:
        """How the log names this actor."""
        if self.member is None:
            return SYSTEM
        return Actor(
            kind="human",
            id=self.member.actor_id,
            role=self.role,
            person=self.member.person,
            site=self.member.site or None,
            credentials=self.member.credentials_id,
            auth=self.auth,
        )

    def using(self, role: str) -> "Acting":
        """The same person in `role`; NotAllowed if they don't hold it now."""
        if self.member is None or not self.member.has(role):
            raise NotAllowed(
                f"This needs the role {role.replace('_', ' ')} in the project, which you don't hold now."
            )
        return replace(self, role=role)

    def person(self) -> Membership:
        """The member who acts; the machine is refused."""
        if self.member is None:
            raise NotAllowed("Only a person can do this.")
        return self.member

    def within(self, project: Project) -> "Acting":
        """Refuse a member of another project."""
        if self.member is not None and self.member.project_id != project.pk:
            raise NotAllowed()
        return self


def machine(request: Request | None = None) -> Acting:
    """The service itself, for what nobody asked for in person."""
    return Acting(None, "system", request or Request())
