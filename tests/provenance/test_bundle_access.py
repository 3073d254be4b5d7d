"""What bundles tell of who saw what: all of it up to the export, and in a subset only that it is there."""

import base64
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from audit import verify
from audit.access import Code, Seen, record
from audit.models import Access, Standing
from tasks.beginning import begin
from tests.databases import TestDatabases
from tests.imported import opened, scanned
from tests.people import Study, labels, study
from tests.probes import ALWAYS, next_probe
from tests.provenance.exports import exported, lines, members
from tests.provenance.forging import Bundles, Forge
from tests.sealed import a_sealer
from workflow.images.attaching import Attached, attach
from workflow.intake import NewCase, register_cases
from workflow.models import Case, Instance
from workflow.probes.gold import add_gold
from workflow.unit import on_case


def batches(bundle: dict[str, bytes]) -> list[dict[str, Any]]:
    return [event for event in lines(bundle["data/log/events.ndjson"]) if event["action"] == "access.batch"]


def checked(path: Path, key: str) -> verify.Run:
    with closing(verify.open_bundle(str(path))) as bundle:
        return verify.verify(bundle, verify.parse_vkey(key))


@pytest.mark.parametrize("profile", ["full", "pseudonymous"])
def test_a_whole_bundle_holds_who_saw_what_without_a_name(bundles: Bundles, profile: str) -> None:
    bundle = members(bundles.files[profile])
    (event,) = batches(bundle)
    body = bundle[Forge.path_of(event["after"]["digest"])]
    schema = jsonschema_rs.validator_for(json.loads(bundle["data/schema/access-row-v1.json"]))
    for row in lines(body):
        schema.validate(row)
    assert [(row["what"], row["frames"], row["role"]) for row in lines(body)] == [
        ("frames", [1], "annotator")
    ] * 2
    assert not re.search(rb"Cleo|cleo|Annotator", body)


def test_a_subset_says_that_there_is_a_batch_and_leaves_it_out(bundles: Bundles) -> None:
    bundle = members(bundles.files["subset"])
    (event,) = batches(bundle)
    digest = event["after"]["digest"]
    assert Forge.path_of(digest) not in bundle
    (listed,) = [line for line in lines(bundle["data/content/index.ndjson"]) if line["digest"] == digest]
    assert listed == event["after"] | {"withheld": True}
    run = checked(bundles.files["subset"], bundles.vkey)
    assert (run.faults, verify.exit_code(run)) == ([], 0)
    assert "who saw what, which a subset leaves out" in "".join(run.not_checked)


def test_a_subset_that_holds_who_saw_other_cases_is_refused(bundles: Bundles, tmp_path: Path) -> None:
    whole = members(bundles.files["full"])
    (event,) = batches(whole)
    forge = Forge(bundles.files["subset"], bundles.private)
    path = forge.path_of(event["after"]["digest"])
    forge.files[path] = whole[path]
    forge.repack()
    run = checked(forge.write(tmp_path / "b.zip"), bundles.vkey)
    assert set(run.counts) == {"FILE_EXTRA"}
    index = "data/content/index.ndjson"
    forge.files[index] = forge.files[index].replace(b',"withheld":true', b"")
    forge.repack()
    run = checked(forge.write(tmp_path / "c.zip"), bundles.vkey)
    assert set(run.counts) == {"FILE_EXTRA"}


@pytest.mark.django_db(transaction=True)
def test_an_export_takes_along_what_was_seen_until_then(own_databases: TestDatabases, tmp_path: Path) -> None:
    chest = study("case-1")
    record(
        Seen(chest.project.log_id, chest.members["aud"].actor_id, "auditor", Code.QUERY, "query", None, None)
    )
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases)
    bundle = members(tmp_path / "b.zip")
    actions = [event["action"] for event in lines(bundle["data/log/events.ndjson"])]
    assert actions[-2:] == ["access.batch", "export.created"]
    assert not Access.objects.filter(batch=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_showing_of_a_case_again_may_serve_its_sources_images_and_no_others(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest = study("case-1", "case-2", "case-3", protocol=ALWAYS)
    control_with_images(chest)
    task = next_probe(chest, "anna")
    image = Instance.objects.order_by("digest")[0]
    who = (chest.project.log_id, chest.members["anna"].actor_id, "annotator", Code.INSTANCES_ACCESSED)
    record(Seen(*who, "frames", task.case_id, task.pk, instance=image.pk, frames=(1,)))
    chest.submit("anna", task, {"labels": labels()})
    sealer = a_sealer(tmp_path)
    exported(chest, tmp_path / "b.zip", sealer, own_databases)
    key = Standing.objects.get().vkey
    assert (checked(tmp_path / "b.zip", key).faults) == []
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode((tmp_path / "log.key").read_text()))
    forge = Forge(tmp_path / "b.zip", private)
    event = next(
        e for e in forge.events if e["action"] == "read.submitted" and e["stream"]["id"] == str(task.case_id)
    )
    display = forge.content(event["display"])
    display["images"][0]["digest"] = f"sha256:{'0' * 64}"
    event["display"] = forge.put(display)["digest"]
    forge.drop_uncited()
    forge.settle(earlier=True)
    assert set(checked(forge.write(tmp_path / "c.zip"), key).counts) == {"DISPLAY_MISMATCH"}


def control_with_images(chest: Study) -> None:
    """A case whose answer is known, with a series of three images."""
    new = NewCase("known", "patient-known", "train", {"site": "north"}, control=True)
    batch = opened(chest)
    with transaction.atomic():
        series = scanned(chest, batch)
        (row,) = register_cases(acting=chest.acting("maria"), project=chest.project, cases=[new])
        assert row.case_id is not None
        with on_case(chest.acting("maria"), row.case_id) as unit:
            attach(unit, batch, [Attached(series, "current")], [])
        begin(project=chest.project, case_ids=[row.case_id])
    case = Case.objects.select_related("project").get(pk=row.case_id)
    add_gold(acting=chest.acting("maria"), case=case, use="gold", labels=labels(), reasoning="Seen.")
