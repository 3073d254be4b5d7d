"""What a lock puts into the log: one manifest, and lists of cases with their labels, each content by its digest."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet

from audit.contents import Blob, blob_of
from provenance.models import Dataset
from workflow.models import ReferenceLabel

from .differences import Differences
from .selecting import Composition

MANIFEST: Final = "consilium/dataset-manifest/v1"
CASES: Final = "consilium/dataset-cases/v1"
AT_ONCE: Final = 2000  # cases of one list: about half a megabyte


def lists_of(labels: QuerySet[ReferenceLabel]) -> Iterator[tuple[int, Blob]]:
    """Lists of the labels in the order of their cases, as contents: how many each lists, and its bytes."""
    rows = labels.select_related("case").order_by("case_id").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        yield len(some), blob_of({"schema": CASES, "cases": [_line(label) for label in some]})


def _line(label: ReferenceLabel) -> dict[str, Any]:
    return {
        "case": str(label.case_id),
        "split": label.case.split,
        "label": str(label.pk),
        "version": label.version,
        "status": label.status,
        "digest": str(label.content_id),
        "event": str(label.event_id),
    }


def manifest_of(
    dataset: Dataset, counts: Composition, lists: Sequence[tuple[int, str]], changed: Differences | None
) -> dict[str, Any]:
    """The manifest of a dataset that is being locked; `lists`: how many cases the content of each digest lists."""
    before = dataset.supersedes
    return {
        "schema": MANIFEST,
        "dataset": str(dataset.pk),
        "name": dataset.name,
        "version": dataset.version,
        "criteria": dataset.criteria,
        **counts.document(),
        "lists": [{"digest": digest, "cases": number} for number, digest in lists],
        "supersedes": {
            "dataset": str(before.pk),
            "version": before.version,
            "manifest": str(before.manifest_id),
            "differences": changed.document() if changed else None,
        }
        if before is not None
        else None,
    }
