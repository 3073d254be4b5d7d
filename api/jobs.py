"""What the machine tidies up for the API."""

from audit.background import job

from .idempotency import forget_old_answers


@job
def forget_answers() -> int:
    """Delete kept answers that nobody will ask for again; returns how many."""
    return forget_old_answers()
