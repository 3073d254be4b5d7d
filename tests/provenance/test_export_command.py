"""`manage.py export_bundle`: a bundle in one command, or a sentence that says what is missing."""

import zipfile
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit import verify
from audit.canonical import parse
from audit.models import Event, Standing
from provenance.models import Export
from tests.databases import TestDatabases
from tests.people import study
from tests.provenance.exports import members
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: object, command: str = "export_bundle") -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def key_at_hand(own_databases: TestDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who holds the log key and the sealer's role."""
    a_sealer(tmp_path)
    monkeypatch.setenv("LOG_KEY_FILE", str(tmp_path / "log.key"))
    monkeypatch.setenv("SEALER_RECORDS", str(tmp_path / "records"))
    monkeypatch.setenv("SEALER_DATABASE_URL", own_databases.environment("sealer")["DATABASE_URL"])


def test_whoever_holds_the_log_key_exports_in_one_command(key_at_hand: None, tmp_path: Path) -> None:
    study("case-1").agree_at_two()
    said = run("chest", "--out", tmp_path / "b.zip")
    export = Export.objects.get()
    assert f"sha256:{export.sha256}" in said
    assert f"{export.leaves} events" in said
    bundle = members(tmp_path / "b.zip")
    assert len(bundle["data/log/events.ndjson"].splitlines()) == export.leaves
    assert Event.objects.get(action="export.created").actor_id == "act_" + "0" * 32


def test_a_subset_is_named_by_references_and_may_become_a_folder(key_at_hand: None, tmp_path: Path) -> None:
    chest = study("case-1", "case-2")
    run("chest", "--out", tmp_path / "bundle", "--profile", "subset", "--case", "case-2")
    manifest = (tmp_path / "bundle" / "data" / "labels" / "manifest.ndjson").read_text()
    assert str(chest.case("case-2").pk) in manifest
    assert str(chest.case("case-1").pk) not in manifest


def test_without_a_sealer_it_says_so(tmp_path: Path) -> None:
    study("case-1")
    with pytest.raises(CommandError, match="No sealer signed the log"):
        run("chest", "--out", tmp_path / "b.zip", "--wait", "0.1")
    assert not (tmp_path / "b.zip").exists()


def test_what_it_cannot_do_it_says_before_anything_is_recorded(tmp_path: Path) -> None:
    study("case-1")
    for arguments, sentence in (
        (("knee",), "There is no project knee"),
        (("chest", "--profile", "subset"), "A subset has 1 to"),
        (("chest", "--profile", "subset", "--case", "case-9"), "There is no case case-9"),
        (("chest", "--case", "case-1"), "Only a subset names its cases"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run(*arguments, "--out", tmp_path / "b.zip")
    assert not Export.objects.exists()


def test_labels_go_out_by_a_command_and_the_log_that_tells_of_it_holds(
    key_at_hand: None, tmp_path: Path
) -> None:
    study("case-1").agree_at_two()
    said = run("chest", "--out", tmp_path / "l.zip", "--format", "sr,coco", command="export_labels")
    export = Export.objects.get()
    assert f"coco, sr, sha256:{export.sha256}" in said
    with zipfile.ZipFile(tmp_path / "l.zip") as archive:
        assert sorted(archive.namelist()) == [
            f"labels/{name}" for name in ("about.json", "coco/reference.json", "index.csv", "left_out.csv")
        ]
        assert b"The case has no images here." in archive.read("labels/left_out.csv")
    assert export.event is not None
    assert parse(bytes(export.event.body))["extra"]["formats"] == ["coco", "sr"]
    run("chest", "--out", tmp_path / "b.zip")
    key = verify.parse_vkey(Standing.objects.get().vkey)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        checked = verify.verify(bundle, key)
    assert (checked.faults, checked.incomplete) == ([], [])


def test_formats_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    study("case-1")
    with pytest.raises(CommandError, match="choose among"):
        run("chest", "--out", tmp_path / "l.zip", "--format", "jpeg", command="export_labels")
    assert not Export.objects.exists()
