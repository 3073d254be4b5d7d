"""Exports in tests: a study that went through the tiers, a sealer, and the bundle as files."""

import json
import zipfile
from pathlib import Path
from typing import Any

from audit.sealing import Sealer
from provenance.exporting import request_export
from provenance.models import Export
from provenance.packing import pack_to
from provenance.recording import record
from tests.databases import TestDatabases
from tests.people import Study, labels, study
from tests.sealed import seal_all


def finished_study() -> Study:
    """Three cases: one agreed, one arbitrated after a returned read, one whose first read is in."""
    chest = study("case-1")
    chest.agree_at_two()
    chest.register("case-2")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", comments=[{"path": "fields/malignancy", "text": "Look at slice 12."}])
    chest.review("jana")
    chest.submit("anna", chest.claim("anna"), {"labels": labels(malignancy=2)})
    chest.review("jin")
    chest.arbitrate(labels={"fields": {"malignancy": 4}})
    chest.register("case-3")
    chest.read("cleo")
    return chest


def exported(
    chest: Study, out: Path, sealer: Sealer, databases: TestDatabases, profile: str = "full", **more: Any
) -> Export:
    """Ask for a bundle, have it sealed, and pack it to `out`."""
    export = request_export(acting=chest.acting("aud"), project=chest.project, profile=profile, **more)
    seal_all(sealer, databases)
    assert record(export.pk)
    seal_all(sealer, databases)
    assert pack_to(export.pk, out)
    return Export.objects.get(pk=export.pk)


def members(bundle: Path) -> dict[str, bytes]:
    """Every file of a ZIP bundle by its path in the bag."""
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        return {name.removeprefix("bundle/"): archive.read(name) for name in archive.namelist()}


def lines(data: bytes) -> list[Any]:
    """The lines of an NDJSON file."""
    return [json.loads(line) for line in data.splitlines()]
