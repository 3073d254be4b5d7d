"""Bundles over the API: asked for, watched, downloaded in pieces; each download is an event."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.models import Event
from provenance.jobs import expire_exports, sweep_exports
from provenance.models import Export
from provenance.packing import file_of
from tests.api.client import API, As, key
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.sealed import a_sealer, seal_all
from workflow.members import change_roles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.EXPORTS_FOLDER = tmp_path / "exports"


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def ready(asked: dict[str, Any], databases: TestDatabases, tmp_path: Path) -> Any:
    """The export once the sealer and the machine did their parts."""
    sealer = a_sealer(tmp_path)
    for _ in range(2):
        seal_all(sealer, databases)
        sweep_exports()
    return As("aud").get(f"/exports/{asked['id']}")


def test_a_bundle_is_asked_for_watched_and_downloaded(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    asked = As("aud").post("/projects/chest/exports", {"profile": "full"}, 202)
    assert (asked["state"], asked["checkpoint"]) == ("requested", None)
    problem = As("aud").get(f"/exports/{asked['id']}/download", 409)
    assert problem["code"] == "export_not_ready"
    done = ready(asked, own_databases, tmp_path)
    assert (done["state"], done["progress"], done["profile"]) == ("ready", 1000, "full")
    assert done["checkpoint"].splitlines()[:2] == [chest.project.log.origin, str(done["leaves"])]
    data, response = download(done["id"])
    assert (len(data), hashlib.sha256(data).hexdigest()) == (done["size"], done["sha256"])
    assert response.headers["ETag"] == f'"{done["sha256"]}"'
    assert response.headers["Content-Disposition"].endswith(f'"chest-{done["leaves"]}-full.zip"')
    event = Event.objects.get(action="export.downloaded")
    assert (event.object_id, event.actor_id) == (done["id"], chest.members["aud"].actor_id)


def test_a_download_goes_on_where_it_broke_off(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    done = ready(As("aud").post("/projects/chest/exports", status=202), own_databases, tmp_path)
    size, etag = done["size"], f'"{done["sha256"]}"'
    first, response = download(done["id"], range="bytes=0-999")
    assert (response.status_code, response.headers["Content-Range"]) == (206, f"bytes 0-999/{size}")
    rest, response = download(done["id"], range="bytes=1000-", if_range=etag)
    assert response.headers["Content-Length"] == str(size - 1000)
    assert hashlib.sha256(first + rest).hexdigest() == done["sha256"]
    last, _ = download(done["id"], range="bytes=-10")
    assert last == (first + rest)[-10:]
    whole, response = download(done["id"], range="bytes=1000-", if_range='"another"')
    assert (response.status_code, len(whole)) == (200, size)
    _, response = download(done["id"], range=f"bytes={size}-")
    assert (response.status_code, response.json()["code"]) == (416, "no_such_range")
    assert Event.objects.filter(action="export.downloaded").count() == 4


def download(export_id: str, **headers: str) -> tuple[bytes, Any]:
    who = As("aud")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response: Any = who.http.get(f"{API}/exports/{export_id}/download", headers=who.headers | named)
    return b"".join(response.streaming_content) if response.streaming else response.content, response


def test_asking_twice_with_one_key_makes_one_export(chest: Study) -> None:
    once = key()
    answers = [
        As("aud").post("/projects/chest/exports", {"profile": "full"}, 202, Idempotency_Key=once)
        for _ in "ab"
    ]
    assert answers[0] == answers[1]
    assert Export.objects.count() == 1


def test_managers_and_auditors_may_and_readers_may_not(chest: Study) -> None:
    asked = As("maria").post("/projects/chest/exports", {"profile": "pseudonymous"}, 202)
    for name in ("anna", "jin", "sana"):
        As(name).post("/projects/chest/exports", {"profile": "full"}, 403)
        As(name).get("/projects/chest/exports", 403)
        As(name).get(f"/exports/{asked['id']}", 403)
        As(name).get(f"/exports/{asked['id']}/download", 403)
    assert [e["id"] for e in As("aud").get("/projects/chest/exports")["results"]] == [asked["id"]]


def test_a_manager_who_reads_a_case_gets_no_bundle_until_it_is_final(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    asked = As("maria").post("/projects/chest/exports", {"profile": "full"}, 202)
    done = ready(asked, own_databases, tmp_path)
    change_roles(acting=chest.acting("mehmet"), member=chest.members["anna"], roles=["annotator", "manager"])
    chest.read("anna")
    assert As("anna").post("/projects/chest/exports", {"profile": "full"}, 403)["code"] == "plays_part"
    assert As("anna").get(f"/exports/{done['id']}/download", 403)["code"] == "plays_part"


def test_what_cannot_be_exported_is_said(chest: Study, own_databases: TestDatabases, tmp_path: Path) -> None:
    aud = As("aud")
    assert aud.post("/projects/chest/exports", {"profile": "secret"}, 422)["faults"][0]["path"] == "/profile"
    assert aud.post("/projects/chest/exports", {"profile": "subset"}, 422)["faults"][0]["path"] == "/cases"
    unknown = {"profile": "subset", "cases": ["6b1f0d6e-5f7e-4a2e-9a0c-1d2f3a4b5c6d"]}
    assert aud.post("/projects/chest/exports", unknown, 422)["faults"][0]["code"] == "unknown_case"
    done = ready(aud.post("/projects/chest/exports", status=202), own_databases, tmp_path)
    file_of(done["id"]).unlink()
    assert aud.get(f"/exports/{done['id']}/download", 410)["code"] == "export_gone"


def test_an_expired_bundle_is_gone_and_says_how_to_have_another(
    chest: Study, own_databases: TestDatabases, tmp_path: Path, settings: Any
) -> None:
    settings.EXPORTS_KEPT_DAYS = 1
    aud = As("aud")
    done = ready(aud.post("/projects/chest/exports", status=202), own_databases, tmp_path)
    assert done["kept_until"] > done["finished_at"]
    Export.objects.update(finished_at=Export.objects.get().requested_at - timedelta(days=2))
    assert expire_exports() == 1
    told = aud.get(f"/exports/{done['id']}")
    assert (told["state"], told["kept_until"], told["sha256"]) == ("expired", None, done["sha256"])
    problem = aud.get(f"/exports/{done['id']}/download", 410)
    assert problem["code"] == "export_gone"
    assert "Ask for a new one" in problem["detail"]


def test_labels_are_asked_for_in_formats_and_come_as_a_zip(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    aud = As("aud")
    wanted = {"profile": "labels", "formats": ["seg", "coco"]}
    asked = aud.post("/projects/chest/exports", wanted, 202)
    assert asked["formats"] == ["coco", "seg"]
    done = ready(asked, own_databases, tmp_path)
    assert done["state"] == "ready"
    _, response = download(done["id"])
    assert response.headers["Content-Disposition"].endswith(f'"chest-{done["leaves"]}-labels.zip"')
    bad = {"profile": "labels", "formats": ["jpeg"]}
    assert aud.post("/projects/chest/exports", bad, 422)["faults"][0]["path"].startswith("/formats")
    bad = {"profile": "full", "formats": ["sr"]}
    assert aud.post("/projects/chest/exports", bad, 422)["faults"][0]["code"] == "no_labels"
