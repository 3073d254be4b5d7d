"""What became of a model's marks is kept with the read that was made with them on the page."""

from audit.canonical import parse
from audit.contents import Blob, blob_of
from audit.log import Entry
from workflow.consensus.spacing import scale_of
from workflow.models import Assistance, Read
from workflow.unit import CaseUnit

from .comparing import compared
from .showing import Aid


def what_became(unit: CaseUnit, aid: Aid, labels: Blob) -> Blob:
    """The comparison of the model's labels with a read's, as content."""
    case = unit.case
    found = compared(aid.labels, parse(labels.body), unit.protocol.findings, scale_of(case.shown))
    return blob_of({**found, "prediction": aid.digest, "manner": aid.manner})


def inputs_of(aid: Aid, became: Blob) -> list[tuple[str, str]]:
    """What the read's event cites of it."""
    return [("prelabel", aid.digest), ("assistance", became.digest)]


def keep_assistance(unit: CaseUnit, read: Read, aid: Aid, became: Blob, entry: Entry) -> Assistance:
    """Write down what became of the marks, with the read's own event."""
    unit.journal.hold(became)
    kept = Assistance(
        read=read,
        prediction=aid.prediction,
        manner=aid.manner,
        content_id=became.digest,
        event_id=entry.event_id,
        **parse(became.body)["counts"],
    )
    kept.save(force_insert=True)
    return kept
