"""What the machine does for people: mailing notices, minding deadlines, measuring agreement; and for the log."""

from uuid import UUID

from audit.access_batches import prepare_months
from audit.background import job

from .access_sealing import seal_due_access
from .heartbeats import beat
from .mailing import mail_waiting
from .measuring.kept import compute_wanted, want_where_stale, wanted
from .measuring.kinds import MEASURES
from .measuring.monitors import MONITOR
from .safety import escalate_overdue


@job
def mail_notices() -> int:
    """Mail the notices that are due, as each person likes it; returns how many mails were sent."""
    return mail_waiting()


@job
def escalate_reports() -> int:
    """Tell the managers of reports that nobody acknowledged in time, each once; returns how many."""
    return escalate_overdue()


@job
def show_life() -> int:
    """Write the daily sign of life into every log that is due one; how many."""
    return beat()


@job
def seal_access_logs() -> int:
    """Take what waits in the access logs into the sealed logs; how many batches."""
    return seal_due_access()


@job
def prepare_access_months() -> int:
    """Make the access log's tables of this month and the next ones, where they are missing; how many."""
    return prepare_months()


@job
def measure(measurement_id: str) -> bool:
    """Compute one wanted measurement; whether it was still wanted."""
    return compute_wanted(UUID(measurement_id), MEASURES)


@job
def sweep_measurements() -> int:
    """Send every wanted measurement on its way, whether or not its job was ever sent; how many."""
    waiting = wanted(MEASURES)
    for measurement_id in waiting:
        measure.soon(str(measurement_id))
    return len(waiting)


@job
def watch_agreement() -> int:
    """Have the monitors of every project computed anew whose reads moved on; how many."""
    return want_where_stale(MONITOR, {})
