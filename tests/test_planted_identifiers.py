"""Identifiers planted into images of every modality survive nowhere: no file, no row, no answer, no log, no bundle."""

import json
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test import Client

from audit.log import Reason
from provenance.replay import replay
from tasks.importing.letting_in import let_in
from tasks.importing.queries import files_of
from tests.api.dicomweb.scans import address_of, body, reader, staff
from tests.databases import TestDatabases
from tests.images import imported
from tests.imaging.deid.objects import KINDS, made
from tests.imaging.deid.planting import SECRETS, found, plant
from tests.imaging.deid.saving import written
from tests.people import Study, study
from tests.provenance.exports import exported, members
from tests.sealed import a_sealer
from workflow.images.vault import identity_behind
from workflow.models import Case, ImportBatch, Instance

pytestmark = pytest.mark.django_db(transaction=True)
_OWN = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_HEXED = re.compile(rb"\\\\x([0-9a-f]+)")


@pytest.fixture
def taken_in(settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> tuple[Study, ImportBatch]:
    """A study with one planted image of each modality, sent in a ZIP file whose names are planted too."""
    settings.IMAGES_FOLDER = tmp_path / "images"
    caplog.set_level(logging.DEBUG)
    archive = tmp_path / f"{SECRETS.names[0]}.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for number, kind in enumerate(KINDS):
            out.writestr(f"{SECRETS.names[1]}/{SECRETS.ids[0]}-{number}.dcm", planted(kind, number))
    of = study()
    return of, imported(of, archive)


def planted(kind: str, number: int) -> bytes:
    """An image with identifiers wherever text can be, but for the numbers that say how its pixels lie."""
    dataset, plain = made(kind), made(kind)
    plant(dataset, SECRETS)
    for name, uid in zip(_OWN, SECRETS.uids, strict=True):
        setattr(dataset, name, f"{uid}.{number + 1}")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    pixels = [tag for tag in sorted(dataset.keys()) if tag.group == 0x0028 and tag not in plain]
    for tag in pixels:
        if dataset.get_item(tag).VR in ("IS", "DS"):
            del dataset[tag]
    return written(dataset)


def test_nothing_planted_survives_anywhere_but_sealed_in_the_vault(
    taken_in: tuple[Study, ImportBatch],
    own_databases: TestDatabases,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    of, batch = taken_in
    states = [(file.member, file.state, file.code) for file in files_of(batch)]
    assert states == [(0, "opened", ""), *((n, "accepted", "") for n in range(1, len(KINDS) + 1))]
    assert Instance.objects.count() == len(KINDS)
    for path in (tmp_path / "images").rglob("*"):
        assert found(str(path.relative_to(tmp_path)).encode()) == []
        assert path.is_dir() or found(path.read_bytes()) == [], path.name
    for table, rows in _tables():
        assert found(rows) == [], table
    assert found(caplog.text.encode()) == []
    for address, answer in _answers(of):
        assert found(answer) == [], address
    for address, answer in _images(of):
        assert found(answer) == [], address
    exported(of, tmp_path / "bundle.zip", a_sealer(tmp_path), own_databases)
    bundle = members(tmp_path / "bundle.zip")
    for name, content in bundle.items():
        assert found(content) == [], name
    _fits_its_schemas(bundle)
    assert replay(of.project).differences == []
    assert _leads_back(of)


def _fits_its_schemas(bundle: dict[str, bytes]) -> None:
    """The contents that only imports write are as the schemas in the bundle say."""
    kept = [data for path, data in bundle.items() if path.startswith("data/content/sha256/")]
    contents = [json.loads(line) for data in kept for line in data.splitlines()]  # access rows are lines
    for kind, count in (("study-manifest-v1", len(KINDS)), ("import-v1", 1)):
        check = jsonschema_rs.validator_for(json.loads(bundle[f"data/schema/{kind}.json"]))
        own = [one for one in contents if one.get("schema") == f"consilium/{kind.replace('-v', '/v')}"]
        assert len(own) == count
        for one in own:
            check.validate(one)


def _leads_back(of: Study) -> list[str]:
    """What the vault alone still tells of the patients."""
    told = [identity_behind(of.project.pk, "patient", case.patient_key) for case in Case.objects.all()]
    return found(str(told).encode())


def _tables() -> Iterator[tuple[str, bytes]]:
    """Every row of every table as text, with what is binary as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            " AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT')"
        )
        for schema, table in cursor.fetchall():
            with cursor.copy(f'COPY (SELECT * FROM "{schema}"."{table}") TO STDOUT') as copy:
                rows = b"".join(bytes(part) for part in copy)
            raw = b"\n".join(bytes.fromhex(one.decode()) for one in _HEXED.findall(rows) if len(one) % 2 == 0)
            yield f"{schema}.{table}", rows + raw


def _images(of: Study) -> Iterator[tuple[str, bytes]]:
    """What DICOMweb tells the manager of all images, and a reader of those in their hands."""
    reason = Reason("looked_at", "There is nothing in the pixels.")
    for case in Case.objects.filter(state="intake"):
        let_in(acting=of.acting("maria"), case_id=case.pk, reason=reason)
    viewers = [staff("maria"), *(reader(of, name) for name in ("anna", "bob", "cleo"))]
    for viewer in viewers:
        paths = ["/studies?includefield=all", "/series?includefield=all", "/instances?includefield=all"]
        for row in viewer.json("/instances"):
            image = address_of(row)
            paths += [image, f"{image}/metadata", f"{image}/frames/1", f"{image}/bulkdata/7FE00010"]
            paths += [f"{image}/rendered", f"{image}/thumbnail"]
        for path in paths:
            answer = viewer.get(path)
            yield f"{viewer.name} {path}", repr(sorted(answer.headers.items())).encode() + body(answer)


def _answers(of: Study) -> Iterator[tuple[str, bytes]]:
    """What the API and the screens tell a manager of the import and its cases."""
    client = Client()
    client.force_login(of.members["maria"].user)
    slug = of.project.slug
    addresses = [f"/api/v1/cases?project={slug}", f"/projects/{slug}/cases/", f"/projects/{slug}/"]
    for case in Case.objects.all()[:3]:
        addresses += [f"/api/v1/cases/{case.pk}", f"/api/v1/cases/{case.pk}/timeline"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        yield address, answer.content
