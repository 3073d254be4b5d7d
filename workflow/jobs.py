"""What the machine does for people: mailing notices, and minding the deadlines of safety reports."""

from audit.background import job

from .notices import mail_waiting
from .safety import escalate_overdue


@job
def mail_notices() -> int:
    """Mail the notices that wait; returns how many were sent."""
    return mail_waiting()


@job
def escalate_reports() -> int:
    """Tell the managers of reports that nobody acknowledged in time, each once; returns how many."""
    return escalate_overdue()
