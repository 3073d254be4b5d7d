"""Images without the worker: files in an import, and cases whose images wait at the gate."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from tasks.beginning import begin
from tests.people import Study
from workflow.images.attaching import Attached, attach
from workflow.images.judging import Finding
from workflow.images.places import thumbnail
from workflow.images.receiving import announce, open_import, receive
from workflow.intake import NewCase, register_cases
from workflow.models import Case, ImportBatch, ImportRow, Instance, Series
from workflow.models import Study as Scan
from workflow.unit import on_case

FEW = Finding(
    None, "too_few_slices", "This series has fewer slices than the project asks for.", {"slices": 3}
)
TEXT = Finding(None, "burned_in_text", "There may be text in the pixels.", {"instances": 1})
PIXEL = bytes.fromhex(  # a PNG file of one pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


def opened(chest: Study, *contents: bytes, manifest: str = "", name: str = "maria") -> ImportBatch:
    """An import whose files, with these contents, are all received."""
    boss = chest.acting(name)
    batch = open_import(acting=boss, project=chest.project, split="train", manifest=manifest)
    if contents:
        announce(acting=boss, batch=batch, sizes=[len(one) for one in contents])
    for number, content in enumerate(contents, 1):
        receive(acting=boss, batch=batch, number=number, offset=0, pieces=[content])
    return batch


def at_gate(
    chest: Study,
    ref: str = "scan-1",
    findings: tuple[Finding, ...] = (FEW, TEXT),
    told: Callable[[Series], dict[str, Any]] = lambda _: {},
    beside: int = 0,
    **facts: Any,
) -> Case:
    """A case with one series of three images, which waits at the gate if something was found; `told` with them.

    `beside`: how many series more it has.
    """
    batch = opened(chest)
    with transaction.atomic():
        series = scanned(chest, batch, **facts)
        strata = {"synthetic": True} if facts.get("synthetic") else {}
        new = NewCase(ref, f"patient-{ref}", "train", strata, shown=told(series))
        (row,) = register_cases(acting=chest.acting("maria"), project=chest.project, cases=[new])
        assert row.case_id is not None
        with on_case(chest.acting("maria"), row.case_id) as unit:
            found = [Finding(series, one.code, one.sentence, one.measured) for one in findings]
            every = [series, *(scanned(chest, batch, **facts) for _ in range(beside))]
            attach(unit, batch, [Attached(one, "current") for one in every], found)
        begin(project=chest.project, case_ids=[row.case_id])
    ImportRow.objects.create(
        batch=batch, number=1, external_ref=ref, split="train", result="registered", case_id=row.case_id
    )
    return chest.case(ref)


def scanned(chest: Study, batch: ImportBatch, slices: int = 3, **facts: Any) -> Series:
    """A series of images in a study of its own, with thumbnails; the first looks as if it had text in it."""
    synthetic = bool(facts.get("synthetic"))
    scan = Scan.objects.create(
        project=chest.project, batch=batch, uid=f"2.25.{uuid4().int}", patient="P-1", synthetic=synthetic
    )
    series = Series.objects.create(batch=batch, study=scan, uid=f"2.25.{uuid4().int}", modality="CT")
    for number in range(slices):
        instance = Instance.objects.create(
            project=chest.project,
            batch=batch,
            series=series,
            uid=f"2.25.{uuid4().int}",
            original_digest=f"sha256:{uuid4().hex * 2}",
            digest=f"sha256:{uuid4().hex * 2}",
            size=100,
            frames=[[0, 100]],
            facts={"modality": "CT", "instance_number": number + 1, "rows": 1, "columns": 1, **facts},
            burned_in={"suspected": number == 0, "declared": None, "score": "0.9", "boxes": []},
        )
        picture(thumbnail(chest.project.pk, instance.pk))
    return series


def picture(path: Path) -> None:
    """Put a thumbnail there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PIXEL)
