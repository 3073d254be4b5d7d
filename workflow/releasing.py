"""The reference label: released once per round; a later round's supersedes it, none is deleted."""

from typing import Any

from audit.actions import Action
from audit.log import Entry, Reason

from .models import Arbitration, ConsensusReport, ReferenceLabel
from .unit import CaseUnit

LABEL = "consilium/reference-label/v1"


def release_label(
    unit: CaseUnit,
    *,
    labels: dict[str, Any] | None,
    settled_by: str,
    decided_by: ConsensusReport | Arbitration,
    caused_by: Entry,
    status: str = ReferenceLabel.Status.DETERMINED,
) -> ReferenceLabel:
    """Release the case's answer with every read that it came from, and make the case final."""
    before = ReferenceLabel.objects.filter(case=unit.case).order_by("-version").first()
    label = ReferenceLabel(
        case=unit.case,
        round=unit.case.round,
        version=before.version + 1 if before else 1,
        status=status,
        settled_by=settled_by,
    )
    content = unit.journal.keep(
        {
            "schema": LABEL,
            "status": str(status),
            "settled_by": settled_by,
            "decision": decided_by.content_id,
            "labels": labels,
            "reads": [
                {"slot": r.slot, "revision": r.revision, "kind": r.kind, "digest": r.content_id}
                for r in unit.reads
            ],
        }
    )
    if before:
        unit.record(
            Action.LABEL_SUPERSEDED,
            object=("label", before.pk, before.version),
            reason=Reason("reopened"),
            extra={"by": str(label.pk)},
            caused_by=caused_by,
        )
    entry = unit.move(
        "agree" if settled_by == "consensus" else "sign",
        object=("label", label.pk, label.version),
        after=content,
        inputs=[("decision", str(decided_by.content_id))],
        extra={"status": str(status), "settled_by": settled_by},
        caused_by=caused_by,
    )
    label.content_id, label.event_id = content.digest, entry.event_id
    label.save(force_insert=True)
    return label
