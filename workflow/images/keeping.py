"""What the worker prepared of a file becomes a row: its study, series and instance, or why it is none.

The stored file lies in its place before the row is written; where no row comes of it, it is deleted again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from workflow.models import CaseImage, ImportBatch, ImportFile, Instance, Series, Study

from .places import HEADER, PICTURE
from .vault import keep_identities

OTHER_CONTENT = (
    "An image with this identity is there already, with other content. What readers see never changes."
)
A_CASE_ALREADY = "Its study or series belongs to a case already. What readers see never changes."
THERE_ALREADY = "The same image is there already."


def keep(batch: ImportBatch, file: ImportFile, instance_id: UUID, prepared: Mapping[str, Any]) -> bool:
    """Note what came of a file that could be prepared; whether its stored file is needed."""
    try:
        with transaction.atomic():
            return _kept(batch, file, instance_id, prepared)
    except IntegrityError:  # another import brought the same image at this moment
        with transaction.atomic():
            return _kept(batch, file, instance_id, prepared)


def refuse(file: ImportFile, code: str, sentence: str, series: str = "") -> None:
    """Note why nothing comes of a file; `series`: the pseudonym of the one that it is of, which lacks it now."""
    file.series_uid = series
    _told(file, ImportFile.State.REFUSED, code, sentence)


def discard(target: Path) -> None:
    """Delete a stored file that nothing came of, with its picture and the text of its header."""
    target.unlink(missing_ok=True)
    for suffix in (PICTURE, HEADER):
        target.with_suffix(suffix).unlink(missing_ok=True)


def _kept(batch: ImportBatch, file: ImportFile, instance_id: UUID, prepared: Mapping[str, Any]) -> bool:
    there = Instance.objects.filter(project=batch.project_id, uid=prepared["instance"]).first()
    if there is not None:
        if there.original_digest == prepared["original_digest"]:
            _told(file, ImportFile.State.DUPLICATE, "duplicate", THERE_ALREADY, there)
        else:
            refuse(file, "other_content", OTHER_CONTENT)
        return False
    study = _study(batch, prepared)
    attached = CaseImage.objects.filter(series__study=study)
    if batch.unit != ImportBatch.Unit.STUDY:  # another series of the study may still become a case of its own
        attached = attached.filter(series__uid=prepared["series"])
    if attached.exists():
        refuse(file, "is_a_case_already", A_CASE_ALREADY)
        return False
    instance = _instance(batch, study, instance_id, prepared)
    _know(batch, prepared)
    _told(file, ImportFile.State.ACCEPTED, "", "", instance)
    return True


def _study(batch: ImportBatch, prepared: Mapping[str, Any]) -> Study:
    about = {
        "batch": batch,
        "patient": prepared["patient"],
        "synthetic": bool(prepared["facts"].get("synthetic")),
    }
    study, _ = Study.objects.get_or_create(project=batch.project, uid=prepared["study"], defaults=about)
    return study


def _instance(batch: ImportBatch, study: Study, instance_id: UUID, prepared: Mapping[str, Any]) -> Instance:
    modality = {"batch": batch, "modality": str(prepared["facts"].get("modality") or "")[:16]}
    series, _ = Series.objects.get_or_create(study=study, uid=prepared["series"], defaults=modality)
    return Instance.objects.create(
        id=instance_id,
        project=batch.project,
        batch=batch,
        series=series,
        uid=prepared["instance"],
        original_digest=prepared["original_digest"],
        digest=prepared["digest"],
        size=prepared["size"],
        frames=prepared["frames"],
        facts=prepared["facts"],
        measures=prepared["measures"],
        likeness=as_number(prepared["likeness"]),
        burned_in=prepared["burned_in"],
    )


def as_number(likeness: str | None) -> int | None:
    """A likeness of 16 hexadecimal digits as the database keeps it: 64 bits with a sign."""
    return None if not likeness else int.from_bytes(bytes.fromhex(likeness), "big", signed=True)


def _know(batch: ImportBatch, prepared: Mapping[str, Any]) -> None:
    """Keep who the pseudonyms are, for whoever must find the patient again."""
    own = prepared["identity"]
    kinds = {
        "patient": {key: own[key] for key in ("patient_id", "issuer", "patient_name") if own.get(key)},
        "study": {key: own[key] for key in ("study_uid", "accession") if own.get(key)},
    }
    keep_identities(batch.project_id, [(kind, prepared[kind], told) for kind, told in kinds.items()])


def _told(file: ImportFile, state: str, code: str, sentence: str, instance: Instance | None = None) -> None:
    file.state, file.code, file.sentence, file.instance = state, code, sentence, instance
    file.save(update_fields=["state", "code", "sentence", "series_uid", "instance"])
