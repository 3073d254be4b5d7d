"""The bundle: whole, exact, and nothing in it that must not leave the house."""

import base64
import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import bagit
import jsonschema_rs
import psycopg
import pytest

from audit import merkle
from audit.actions import Action
from audit.models import Event, Opening, Standing
from audit.notes import open_checkpoint
from audit.sealing import Sealer
from provenance.errors import LogRefused, OpenPart
from provenance.exporting import request_export
from provenance.models import Export
from provenance.packing import pack_to
from provenance.recording import record
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.provenance.exports import exported, finished_study, lines, members
from tests.sealed import a_sealer, seal_all
from workflow.acting import Acting
from workflow.errors import InvalidInput, NotAllowed
from workflow.members import change_roles
from workflow.models import ReferenceLabel

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA_OF = {
    "data/log/events.ndjson": "audit-event-v1",
    "data/log/heads.ndjson": "head-v1",
    "data/content/index.ndjson": "content-index-v1",
    "data/openings.ndjson": "opening-v1",
    "data/registers/guidelines.ndjson": "version-register-v1",
    "data/registers/readers.ndjson": "reader-register-v1",
    "data/labels/manifest.ndjson": "case-manifest-v1",
    "data/labels/labels.ndjson": "label-row-v1",
}


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return a_sealer(tmp_path)


def leaf_hashes(bundle: dict[str, bytes]) -> list[bytes]:
    return [merkle.leaf_hash(line) for line in bundle["data/log/events.ndjson"].splitlines()]


def test_the_whole_log_is_in_it_under_one_signed_head(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = finished_study()
    export = exported(chest, tmp_path / "b.zip", sealer, own_databases)
    bundle = members(tmp_path / "b.zip")
    hashes = leaf_hashes(bundle)
    vkey = bundle["data/trust/log.vkey"].decode().strip()
    head = open_checkpoint(bundle["data/log/checkpoint"], [vkey])
    assert (head.size, head.root) == (len(hashes), merkle.root(hashes)) == (export.leaves, head.root)
    for path in (p for p in bundle if p.startswith("data/log/checkpoints/")):
        older = open_checkpoint(bundle[path], [vkey])
        assert (str(older.size), older.root) == (Path(path).name, merkle.root(hashes[: older.size]))
    [made] = [e for e in lines(bundle["data/log/events.ndjson"]) if e["action"] == "export.created"]
    assert made["object"]["id"] == str(export.pk)
    assert made["extra"]["heads"] == f"sha256:{hashlib.sha256(bundle['data/log/heads.ndjson']).hexdigest()}"
    assert made["extra"]["streams"] == len(lines(bundle["data/log/heads.ndjson"])) == 4
    for line in lines(bundle["data/log/heads.ndjson"]):
        assert line["head"] == f"sha256:{hashes[line['index']].hex()}"


def test_every_record_fits_the_schema_that_comes_with_it(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    exported(finished_study(), tmp_path / "b.zip", sealer, own_databases, "subset")
    bundle = members(tmp_path / "b.zip")
    schemas = {p: json.loads(data) for p, data in bundle.items() if p.startswith("data/schema/")}
    checks = {Path(p).stem: jsonschema_rs.validator_for(schema) for p, schema in schemas.items()}
    for path, name in SCHEMA_OF.items():
        assert lines(bundle[path]), path
        for line in lines(bundle[path]):
            checks[name].validate(line)
    checks["workflow-graph-v1"].validate(json.loads(bundle["data/workflow-graph.json"]))
    contents = [json.loads(data) for path, data in bundle.items() if path.startswith("data/content/sha256/")]
    kinds = {content["schema"] for content in contents}
    known = {kind for kind in kinds if kind.removeprefix("consilium/").replace("/", "-") in checks}
    assert kinds - known == {"consilium/guideline/v1"}
    for content in contents:
        if content["schema"] in known:
            checks[content["schema"].removeprefix("consilium/").replace("/", "-")].validate(content)


def test_it_is_a_valid_bag(sealer: Sealer, own_databases: TestDatabases, tmp_path: Path) -> None:
    exported(finished_study(), tmp_path / "b.zip", sealer, own_databases)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path)
    assert bagit.Bag(str(tmp_path / "bundle")).validate()


def test_a_folder_holds_the_same_files_as_an_archive(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    export = exported(finished_study(), tmp_path / "b.zip", sealer, own_databases)
    Export.objects.filter(pk=export.pk).update(state="recorded")
    assert pack_to(export.pk, tmp_path / "folder")
    root = tmp_path / "folder"
    files = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert files == members(tmp_path / "b.zip")


def test_every_label_is_told_with_who_decided_it_how_and_every_read_beside_it(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = finished_study()
    exported(chest, tmp_path / "b.zip", sealer, own_databases)
    bundle = members(tmp_path / "b.zip")
    rows = lines(bundle["data/labels/labels.ndjson"])
    assert [(r["external_ref"], r["path"]) for r in sorted(rows, key=lambda r: r["external_ref"])] == [
        ("case-1", "fields/finding"),
        ("case-1", "fields/malignancy"),
        ("case-2", "fields/finding"),
        ("case-2", "fields/malignancy"),
    ]
    agreed, decided = (
        next(r for r in rows if (r["external_ref"], r["field"]) == (case, "malignancy"))
        for case in ("case-1", "case-2")
    )
    assert (agreed["value"], agreed["settled_by"], agreed["decided_how"]) == (
        3, "consensus", "unanimous within comparator",
    )  # fmt: skip
    assert (decided["value"], decided["settled_by"], decided["decided_how"]) == (4, "arbitration", "written")
    assert decided["decided_by"] == chest.members["sana"].actor_id
    assert decided["guideline_digest"] == chest.guideline.content_id
    reads = [(r["slot"], r["revision"], r["value"], r["review"]["verdict"]) for r in decided["reads"]]
    assert sorted(reads) == reads
    assert {(slot, revision) for slot, revision, _, _ in reads} == {(1, 1), (1, 2), (2, 1)}
    assert (reads[0][3], reads[1][3]) == ("returned", "accepted")
    label = ReferenceLabel.objects.get(case=chest.case("case-2"))
    assert decided["label_digest"] == label.content_id
    assert_csv_says_the_same(bundle, rows)
    assert_manifest_has_every_case(bundle, chest)


def assert_csv_says_the_same(bundle: dict[str, bytes], rows: list[dict[str, Any]]) -> None:
    table = list(csv.DictReader(io.StringIO(bundle["data/labels/labels.csv"].decode())))
    for told, row in zip(table, rows, strict=True):
        assert {k: json.loads(told[k]) for k in ("value", "reads")} == {k: row[k] for k in ("value", "reads")}
        plain = set(row) - {"value", "reads"}
        assert {k: told[k] for k in plain} == {k: "" if row[k] is None else str(row[k]) for k in plain}


def assert_manifest_has_every_case(bundle: dict[str, bytes], chest: Study) -> None:
    told = {line["external_ref"]: line for line in lines(bundle["data/labels/manifest.ndjson"])}
    for ref in ("case-1", "case-2", "case-3"):
        case = chest.case(ref)
        assert (told[ref]["state"], told[ref]["seq"]) == (case.state, case.audit_seq)
        assert told[ref]["head"] == f"sha256:{bytes(case.audit_head).hex()}"
    assert [len(told[ref]["labels"]) for ref in sorted(told)] == [1, 1, 0]


def test_names_reasons_and_references_are_opened_but_never_a_patients_key(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    exported(finished_study(), tmp_path / "b.zip", sealer, own_databases)
    bundle = members(tmp_path / "b.zip")
    values = [opening["value"] for opening in lines(bundle["data/openings.ndjson"])]
    for text in (
        "case-1",
        "The margin is clear.",
        "Look at slice 12.",
        {"name": "Anna Annotator", "username": "anna"},
    ):
        assert text in values
    assert not any(b"patient-case" in data for data in bundle.values())
    assert Opening.objects.filter(value__in=[f"patient-case-{n}" for n in (1, 2, 3)]).count() == 3


def test_a_pseudonymous_bundle_names_nobody(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    exported(finished_study(), tmp_path / "b.zip", sealer, own_databases, "pseudonymous")
    bundle = members(tmp_path / "b.zip")
    assert "data/openings.ndjson" not in bundle
    for secret in (b"Anna", b"anna", b"case-1", b"The margin is clear", b"slice 12", b"patient-"):
        assert not any(secret in data for data in bundle.values()), secret
    assert {line["name"] for line in lines(bundle["data/registers/readers.ndjson"])} == {None}


def test_what_was_erased_is_missing_and_the_rest_still_packs(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path, superuser_connection: psycopg.Connection
) -> None:
    chest = finished_study()
    superuser_connection.execute("DELETE FROM audit_opening WHERE value->>'username' = 'anna'")
    superuser_connection.commit()
    exported(chest, tmp_path / "b.zip", sealer, own_databases)
    bundle = members(tmp_path / "b.zip")
    names = {line["name"] for line in lines(bundle["data/registers/readers.ndjson"])}
    assert None in names
    assert "Anna Annotator" not in names
    assert "Bob Annotator" in names


def test_a_subset_shows_the_chosen_cases_to_their_end_and_no_other(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = finished_study()
    case = chest.case("case-2")
    exported(chest, tmp_path / "b.zip", sealer, own_databases, "subset", cases=[case.pk])
    bundle = members(tmp_path / "b.zip")
    raw = bundle["data/log/leaves.bin"]
    leaves = [raw[i : i + 32] for i in range(0, len(raw), 32)]
    head = open_checkpoint(bundle["data/log/checkpoint"], [bundle["data/trust/log.vkey"].decode().strip()])
    assert (len(leaves), merkle.root(leaves)) == (head.size, head.root)
    places = [leaves.index(leaf) for leaf in leaf_hashes(bundle)]
    assert places == sorted(places)
    events = lines(bundle["data/log/events.ndjson"])
    assert {e["stream"]["id"] for e in events} == {str(case.pk), str(chest.project.pk)}
    assert [e["seq"] for e in events if e["stream"]["id"] == str(case.pk)] == list(
        range(1, case.audit_seq + 1)
    )
    assert sum(line["kind"] == "case" for line in lines(bundle["data/log/heads.ndjson"])) == 3
    assert_proof_holds(bundle[f"data/log/proofs/{case.pk}.tlog-proof"], case.audit_head, head.root, head.size)
    assert [line["external_ref"] for line in lines(bundle["data/labels/manifest.ndjson"])] == ["case-2"]
    assert not any(b"case-1" in data for data in bundle.values())


def assert_proof_holds(text: bytes, leaf: bytes, root: bytes, size: int) -> None:
    before, _, note = text.decode().partition("\n\n")
    first, index, *nodes = before.split("\n")
    proof = [base64.b64decode(node) for node in nodes]
    assert first == "c2sp.org/tlog-proof@v1"
    assert note.split("\n")[1] == str(size)
    assert merkle.verify_inclusion(bytes(leaf), int(index.removeprefix("index ")), size, proof, root)


def test_a_subset_of_cases_of_another_project_is_refused(sealer: Sealer) -> None:
    chest, other = study("case-1"), study("case-9", slug="other")
    with pytest.raises(InvalidInput):
        request_export(
            acting=chest.acting("aud"),
            project=chest.project,
            profile="subset",
            cases=[other.case("case-9").pk],
        )


def test_whoever_still_reads_a_case_gets_no_bundle_of_its_project(own_databases: TestDatabases) -> None:
    chest = study("case-1")
    chest.read("anna")
    anna = change_roles(
        acting=chest.acting("maria"), member=chest.members["anna"], roles=["annotator", "auditor"]
    )
    with pytest.raises(OpenPart):
        request_export(acting=Acting(anna, "auditor"), project=chest.project, profile="full")
    with pytest.raises(NotAllowed):
        request_export(acting=Acting(anna, "annotator"), project=chest.project, profile="full")


def test_a_log_that_is_not_signed_any_more_is_not_exported(
    sealer: Sealer, own_databases: TestDatabases, superuser_connection: psycopg.Connection
) -> None:
    chest = study("case-1")
    seal_all(sealer, own_databases)
    superuser_connection.execute("UPDATE audit_standing SET code = 'ROLLBACK', sentence = 'It is older.'")
    superuser_connection.commit()
    with pytest.raises(LogRefused, match="It is older"):
        request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
    assert Standing.objects.get().code == "ROLLBACK"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE audit_event SET body = replace(convert_from(body, 'UTF8'), 'annotator', 'annotatoR')::bytea"
         " WHERE action = 'read.submitted'", "ROOT_MISMATCH"),
        ("UPDATE audit_content SET body = body || ' '::bytea, digest = digest", "BLOB_CHANGED"),
        ("DELETE FROM audit_content WHERE data->>'schema' = 'consilium/read/v1'", "BLOB_MISSING"),
        ("UPDATE audit_opening SET value = '\"Somebody\"' WHERE kind = 'person'", "OPENING_BAD"),
    ],
)  # fmt: skip
def test_what_was_changed_in_the_database_is_never_packed(
    sealer: Sealer, own_databases: TestDatabases, tmp_path: Path,
    superuser_connection: psycopg.Connection, change: str, code: str,
) -> None:  # fmt: skip
    chest = study("case-1")
    chest.agree_at_two()
    export = request_export(acting=chest.acting("aud"), project=chest.project, profile="full")
    seal_all(sealer, own_databases)
    assert record(export.pk)
    seal_all(sealer, own_databases)
    for table in ("audit_event", "audit_content"):
        superuser_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    superuser_connection.execute(
        "ALTER TABLE audit_content DROP CONSTRAINT content_digest_is_of_its_bytes,"
        " DROP CONSTRAINT content_size_is_of_its_bytes"
    )
    superuser_connection.execute(change)
    for table in ("audit_event", "audit_content"):
        superuser_connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    superuser_connection.commit()
    assert pack_to(export.pk, tmp_path / "b.zip")
    export = Export.objects.get(pk=export.pk)
    assert (export.state, export.fault_code) == ("failed", code)
    assert not (tmp_path / "b.zip").exists()
    assert Event.objects.filter(action=Action.AUDIT_VERIFICATION_FAILED).count() == 1
