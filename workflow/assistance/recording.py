"""What became of a model's marks is kept with the read that was made with them on the page."""

from typing import Any

from audit.canonical import parse
from audit.contents import Blob, blob_of
from audit.log import Entry
from workflow.consensus.spacing import scale_of
from workflow.models import Assistance, Read
from workflow.unit import CaseUnit

from .comparing import compared
from .showing import Aid
from .since import since_commitment


def what_became(unit: CaseUnit, aid: Aid, labels: Blob) -> Blob:
    """The comparison of the model's labels with a read's, as content; with what the reader had said alone, if so."""
    read = parse(labels.body)
    rules, scale = unit.protocol.findings, scale_of(unit.case.shown)
    found = compared(aid.labels, read, rules, scale, by_id=aid.commitment is None)
    about: dict[str, Any] = {**found, "prediction": aid.digest, "manner": aid.manner}
    if aid.commitment is not None:
        since = since_commitment(aid.labels, aid.commitment.content.data, read, rules, scale)
        about["since_commitment"] = {"commitment": str(aid.commitment.content_id), **since}
    return blob_of(about)


def inputs_of(aid: Aid, became: Blob) -> list[tuple[str, str]]:
    """What the read's event cites of it."""
    made = [] if aid.commitment is None else [("commitment", str(aid.commitment.content_id))]
    return [("prelabel", aid.digest), ("assistance", became.digest), *made]


def keep_assistance(unit: CaseUnit, read: Read, aid: Aid, became: Blob, entry: Entry) -> Assistance:
    """Write down what became of the marks, with the read's own event."""
    unit.journal.hold(became)
    told = parse(became.body)
    kept = Assistance(
        read=read,
        prediction=aid.prediction,
        manner=aid.manner,
        content_id=became.digest,
        event_id=entry.event_id,
        commitment=aid.commitment,
        shift=told.get("since_commitment", {}).get("shift", ""),
        **told["counts"],
    )
    kept.save(force_insert=True)
    return kept
