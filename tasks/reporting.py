"""Urgent and incidental findings, reported from the task in one's hands."""

from uuid import UUID

from workflow.acting import Acting
from workflow.models import SafetyReport
from workflow.safety import report_finding

from .held import on_own_task


def report(*, acting: Acting, task_id: UUID, token: UUID, kind: str, text: str) -> SafetyReport:
    """Tell the project's safety contact of a finding in the case of a task that this person holds."""
    with on_own_task(acting, task_id, token) as (unit, _):
        return report_finding(unit, kind=kind, text=text)
