"""Short words for what managers do about people."""

from audit.log import Reason
from tests.people import Study
from workflow import members

WHY = Reason("as_planned", "So that the test can go on.")


def put(study: Study, status: str, *names: str) -> None:
    """Pause people, resume them, or let them leave."""
    for name in names:
        member = study.members[name]
        study.members[name] = members.set_status(
            acting=study.acting("maria"), member=member, status=status, reason=WHY
        )


def give(study: Study, name: str, *roles: str) -> None:
    """Change a person's roles."""
    study.members[name] = members.change_roles(
        acting=study.acting("maria"), member=study.members[name], roles=roles
    )


def conflict(study: Study, name: str, *sites: str) -> None:
    """Declare a person's conflicts of interest."""
    study.members[name] = members.declare(
        acting=study.acting("maria"), member=study.members[name], conflicts=sites
    )
