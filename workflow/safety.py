"""Urgent and incidental findings: from any tier to the project's safety contact, past every queue."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from audit.actions import Action
from audit.log import Reason

from .acting import Acting, machine
from .errors import AlreadyDone, IllegalMove, InvalidInput, NotAllowed, NotFound
from .models import Membership, Role, SafetyReport
from .notices import tell
from .unit import CaseUnit, on_case

LONGEST = 2000


def report_finding(unit: CaseUnit, *, kind: str, text: str) -> SafetyReport:
    """Tell the safety contact what must be known now. Other readers of the case learn nothing of it."""
    contact = unit.protocol.safety_contact
    if contact.deadline is None:
        raise IllegalMove(f"This project has no safety contact: {contact.none_because}")
    if kind not in SafetyReport.Kind.values or not 1 <= len(text.strip()) <= LONGEST:
        message = f"Choose urgent or incidental, and write up to {LONGEST} characters about what you see."
        raise InvalidInput([{"path": "/text", "code": "bad_report", "message": message}])
    report = SafetyReport(case=unit.case, reporter=unit.acting.person(), kind=kind, reported_at=unit.now())
    report.text = unit.journal.commitment("text", text.strip(), subject=unit.case.pk)
    report.acknowledge_by = unit.now() + contact.deadline
    entry = unit.record(
        Action.SAFETY_REPORTED,
        object=("safety_report", report.pk, 1),
        extra={"kind": kind, "text": report.text, "acknowledge_by": _stated(report.acknowledge_by)},
    )
    report.event_id = entry.event_id
    report.save(force_insert=True)
    tell(
        contacts(unit.case.project_id),
        kind="safety_reported",
        text=f"An {kind} finding was reported. Acknowledge it by {report.acknowledge_by:%Y-%m-%d %H:%M} UTC.",
        link=f"/safety/{report.pk}",
        urgent=True,
    )
    return report


def acknowledge_finding(*, acting: Acting, report_id: UUID, note: str = "") -> SafetyReport:
    """Take note of a report, as the safety contact."""
    found = SafetyReport.objects.select_related("case").filter(pk=report_id).first()
    member = acting.person()
    if found is None or found.case.project_id != member.project_id:
        raise NotFound("There is no such report.")
    if member not in contacts(member.project_id):
        raise NotAllowed("Only the project's safety contact acknowledges a finding.")
    with on_case(acting, found.case_id) as unit:
        report = SafetyReport.objects.select_for_update().get(pk=report_id)
        if report.acknowledged_by_id:
            raise AlreadyDone("This report was acknowledged already.")
        entry = unit.record(
            Action.SAFETY_ACKNOWLEDGED,
            object=("safety_report", report.pk, 2),
            reason=Reason("acknowledged", note),
        )
        report.acknowledged_by, report.acknowledged_event_id = member, entry.event_id
        report.save()
    return report


def escalate_overdue() -> int:
    """Tell the managers of every report whose deadline passed unacknowledged; each once."""
    late = SafetyReport.objects.filter(
        acknowledged_by=None, escalated_event=None, acknowledge_by__lt=timezone.now()
    )
    overdue = list(late.values_list("pk", "case_id"))
    for report_id, case_id in overdue:
        _escalate(report_id, case_id)
    return len(overdue)


def _escalate(report_id: UUID, case_id: UUID) -> None:
    with on_case(machine(), case_id) as unit:
        report = SafetyReport.objects.select_for_update().get(pk=report_id)
        if report.acknowledged_by_id or report.escalated_event_id:
            return
        entry = unit.record(
            Action.DEVIATION_RECORDED,
            object=("safety_report", report.pk, 1),
            reason=Reason("safety_report_overdue"),
        )
        report.escalated_event_id = entry.event_id
        report.save()
        managers = Q(roles__contains=[Role.MANAGER])
        tell(
            Membership.objects.filter(managers, project=unit.case.project_id, status="active"),
            kind="safety_overdue",
            text="A reported finding was not acknowledged in time.",
            link=f"/safety/{report.pk}",
            urgent=True,
        )


def contacts(project_id: UUID) -> list[Membership]:
    """The project's safety contacts; its managers where none is named, so that a report always reaches somebody."""
    active = Membership.objects.filter(project=project_id, status=Membership.Status.ACTIVE)
    return list(active.filter(safety_contact=True)) or list(active.filter(roles__contains=[Role.MANAGER]))


def _stated(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
