"""Where a log stands, on the auditor's page; and the banner of a log that is not signed any more, on every page."""

from pathlib import Path

import psycopg
import pytest

from audit.holding import SealingRefused
from audit.models import Checkpoint, Event, Standing
from tests.databases import TestDatabases
from tests.datasets import composed
from tests.issues import an_issue
from tests.people import Study, study
from tests.probes import control
from tests.screens.auditor.test_audit import PAGES, PROOF
from tests.screens.auditor.test_audit import address as audited
from tests.screens.desk import Desk
from tests.screens.manager.test_doors import address as managed
from tests.sealed import a_sealer, seal_all
from tests.waves import planned
from workflow.images.receiving import open_import

pytestmark = pytest.mark.django_db(transaction=True)
MANAGED = [
    "/projects/chest/", "/projects/chest/cases/", "/projects/chest/cases/{case}/", "/projects/chest/people/",
    "/projects/chest/cases/{case}/dossier/", "/projects/chest/work/", "/projects/chest/staffing/",
    "/projects/chest/versions/", "/projects/chest/cases/import/", "/projects/chest/exports/",
    "/projects/chest/people/{member}/", "/projects/chest/cases/{case}/hold/", "/projects/chest/models/",
]  # fmt: skip
SENTENCE = "The database holds 3 sealed events, but 40 were signed before."


@pytest.fixture
def chest() -> Study:
    new = study("case-1")
    composed(new)
    planned(new, "First")
    control(new)
    open_import(acting=new.acting("maria"), project=new.project, split="train")
    return new


def refuse(chest: Study, connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO audit_standing VALUES (%s, 'x', 'ROLLBACK', %s, now())", [chest.project.log_id, SENTENCE]
    )
    connection.commit()


def test_it_counts_what_waits_and_shows_the_signed_head_to_copy(
    chest: Study, tmp_path: Path, own_databases: TestDatabases
) -> None:
    aud = Desk("aud")
    page = aud.get("/audit/chest/")
    assert f"Waiting to be sealed {Event.objects.count()} events , the oldest since" in page
    assert "None is signed yet" in page
    assert "never: this log was not signed yet" in page
    seal_all(a_sealer(tmp_path), own_databases)
    page, head = aud.get("/audit/chest/"), Checkpoint.objects.get()
    assert "Waiting to be sealed none" in page
    assert f"Sealed, not signed yet 0 of {head.size} leaves" in page
    assert head.note in aud.raw("/audit/chest/").replace("&#x27;", "'")
    assert Standing.objects.get().vkey in page
    sealed = head.size
    chest.read("anna")
    page = aud.get("/audit/chest/")
    assert f"Waiting to be sealed {Event.objects.count() - sealed} events" in page
    assert f"Size {sealed} events" in page


def test_the_list_of_projects_leads_to_it(chest: Study) -> None:
    assert "/audit/chest/" in Desk("aud").links("/audit/")


def test_a_refused_log_says_so_on_every_page_of_its_staff(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    an_issue(chest)
    pages = [("aud", audited(chest, page)) for page in PAGES if page != PROOF]
    pages += [("maria", managed(chest, page)) for page in MANAGED]
    for name, page in pages:
        assert "every export from it is refused" not in Desk(name).get(page), page
    refuse(chest, superuser_connection)
    for name, page in pages:
        told = Desk(name).get(page)
        assert f"every export from it is refused (ROLLBACK): {SENTENCE}" in told, page


def test_what_the_sealer_found_is_what_the_banner_says(
    chest: Study, tmp_path: Path, own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    sealer = a_sealer(tmp_path)
    seal_all(sealer, own_databases)
    [record] = (tmp_path / "records").glob("*.checkpoint")
    size = Checkpoint.objects.get().size
    record.write_text(record.read_text("utf-8").replace(f"\n{size}\n", f"\n{size + 7}\n"), "utf-8")
    with pytest.raises(SealingRefused):
        seal_all(sealer, own_databases)
    assert f"(ROLLBACK): The database holds {size} sealed events, but {size + 7} were signed" in Desk(
        "maria"
    ).get("/projects/chest/")
