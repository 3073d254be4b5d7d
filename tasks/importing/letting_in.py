"""A case that waits at the gate is let in by its manager, with a reason, and begins."""

from uuid import UUID

from django.db import transaction

from audit.log import Reason
from tasks.beginning import begin
from workflow.acting import Acting
from workflow.images.deciding import accept_findings
from workflow.unit import on_case


def let_in(*, acting: Acting, case_id: UUID, reason: Reason) -> None:
    """Accept what the gate found of a case; it begins at once, if versions are published that it may begin under."""
    with transaction.atomic():
        with on_case(acting, case_id) as unit:
            accept_findings(unit, reason)
        begin(project=unit.project, case_ids=[case_id])
