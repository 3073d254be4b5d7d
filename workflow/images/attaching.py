"""A case gets its images: the manifest of its studies enters the log, and what the gate found keeps it in intake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from audit.actions import Action
from workflow.models import CaseImage, GateFinding, ImportBatch, Instance, Series
from workflow.unit import CaseUnit

from .judging import Finding

MANIFEST: Final = "consilium/study-manifest/v1"
EDITION: Final = "DICOM PS3.15 2026c"


@dataclass(frozen=True, slots=True)
class Attached:
    """A series as a case shows it; its likeness, of what is current, is what near-duplicates are found by."""

    series: Series
    role: str
    likeness: int | None = None


def attach(
    unit: CaseUnit,
    batch: ImportBatch,
    images: Sequence[Attached],
    findings: Sequence[Finding],
    truth: str | None = None,
) -> None:
    """Attach series to a case in intake, with one event that cites every stored file by its digest.

    `truth`: a commitment to what is known from outside, which stays sealed.
    """
    content = unit.journal.keep(_manifest(batch, images, truth))
    entry = unit.record(
        Action.CASE_STUDY_ATTACHED,
        object=("import", batch.pk, 1),
        after=content,
        extra={"gate": sorted({one.code for one in findings})} if findings else None,
    )
    CaseImage.objects.bulk_create(
        CaseImage(
            case=unit.case,
            batch=batch,
            series=one.series,
            role=one.role,
            position=place,
            likeness=one.likeness,
            event_id=entry.event_id,
        )
        for place, one in enumerate(images, 1)
    )
    GateFinding.objects.bulk_create(
        GateFinding(
            case=unit.case,
            batch=batch,
            series=one.series,
            code=one.code,
            sentence=one.sentence,
            measured=one.measured,
            found_event_id=entry.event_id,
        )
        for one in findings
    )


def _manifest(batch: ImportBatch, images: Sequence[Attached], truth: str | None) -> dict[str, Any]:
    return {
        "schema": MANIFEST,
        "import": str(batch.pk),
        "deidentification": {"profile": EDITION, "options": batch.options},
        "series": [_series(one) for one in images],
        "truth": truth,
    }


def _series(one: Attached) -> dict[str, Any]:
    instances = Instance.objects.filter(series=one.series).order_by("uid")
    return {
        "study": one.series.study.uid,
        "series": one.series.uid,
        "modality": one.series.modality,
        "role": one.role,
        "synthetic": one.series.study.synthetic,
        "instances": [
            {"instance": i.uid, "digest": i.digest, "original": i.original_digest, "frames": len(i.frames)}
            for i in instances
        ],
    }
