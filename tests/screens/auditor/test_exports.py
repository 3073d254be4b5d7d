"""The page of bundles, for auditors and managers."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
import pytest

from provenance.jobs import sweep_exports
from provenance.models import Export
from tests.databases import ROOT, TestDatabases
from tests.people import study
from tests.screens.desk import Desk
from tests.sealed import a_sealer, seal_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_bundle_is_asked_for_with_a_button_and_downloaded_from_the_list(
    own_databases: TestDatabases, tmp_path: Path, settings: Any
) -> None:
    settings.EXPORTS_FOLDER = tmp_path / "exports"
    study("case-1").agree_at_two()
    desk = Desk("aud")
    assert "waits until everything before it is sealed" in desk.follow(
        "/audit/chest/exports/", profile="full"
    )
    sealer = a_sealer(tmp_path)
    for _ in range(2):
        seal_all(sealer, own_databases)
        sweep_exports()
    page = desk.get("/audit/chest/exports/")
    export = Export.objects.get()
    assert export.sha256 in page
    verifier = (ROOT / "audit" / "verify.py").read_bytes()
    assert hashlib.sha256(verifier).hexdigest() in page
    assert export.project.log.origin in page
    [link] = [link for link in desk.links("/audit/chest/exports/") if link.endswith("/download")]
    assert len(b"".join(desk.http.get(link).streaming_content)) == export.size  # type: ignore[attr-defined]


def test_a_manager_asks_for_a_subset_by_reference() -> None:
    chest = study("case-1", "case-2")
    Desk("maria").post("/projects/chest/exports/", profile="subset", cases="case-2\n")
    assert Export.objects.get().cases == [chest.case("case-2").pk]
    assert "not in this project" in Desk("maria").post(
        "/projects/chest/exports/", 422, profile="subset", cases="x"
    )


def test_readers_find_no_bundles_and_a_refused_log_is_said(superuser_connection: psycopg.Connection) -> None:
    chest = study("case-1")
    Desk("anna").get("/audit/chest/exports/", 403)
    superuser_connection.execute(
        "INSERT INTO audit_standing VALUES (%s, 'x', 'ROLLBACK', 'It is older.', now())",
        [chest.project.log_id],
    )
    superuser_connection.commit()
    assert "It is older." in Desk("aud").get("/audit/chest/exports/")
    assert "It is older." in Desk("aud").post("/audit/chest/exports/", 422, profile="full")
    assert not Export.objects.exists()


def test_a_manager_asks_for_labels_in_some_formats() -> None:
    study("case-1")
    Desk("maria").post("/projects/chest/exports/", profile="labels", formats=["sr", "nifti"])
    export = Export.objects.get()
    assert (export.profile, export.formats) == ("labels", ["nifti", "sr"])
    assert "Only an export of labels has formats" in Desk("maria").post(
        "/projects/chest/exports/", 422, profile="full", formats=["sr"]
    )
