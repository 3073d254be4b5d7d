"""What only the pages of clinicians have to say."""

from workflow.errors import DomainError


class NotStarted(DomainError):
    """This task waits for you, but you haven't started it. Press Start next in your queue."""

    code = "not_started"


class NoLongerNeeded(DomainError):
    """The case no longer needs this work, so it was taken back. Press Start next for other work."""

    code = "no_longer_needed"
