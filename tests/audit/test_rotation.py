"""Rotation of the log key: told in the log, signed by both for thirty days, and followed by the verifier."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.holding import SealingRefused
from audit.keys import FileSigner, make_key
from audit.models import Checkpoint, Event, Standing
from audit.notes import verify, vkey
from audit.rotation import BOTH_FOR, last_rotation, signers
from audit.sealing import Sealer
from tests.databases import ROOT, TestDatabases
from tests.people import Study, study
from tests.provenance.exports import exported
from tests.roles import acting_as_role
from tests.sealed import seal_all
from workflow.acting import machine
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed
from workflow.rotating import rotate_log_key

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Safe:
    """The old and the new key, and sealers that hold one of them or both."""

    folder: Path
    databases: TestDatabases

    def __post_init__(self) -> None:
        for name in ("old", "new"):
            make_key(self.folder / f"{name}.key")

    def sealer(self, key: str, before: str = "") -> Sealer:
        """With one key, or with the one before it, too."""
        old = FileSigner(self.folder / f"{before}.key") if before else None
        return Sealer(FileSigner(self.folder / f"{key}.key"), self.folder / "records", old)

    def seal(self, key: str, before: str = "") -> str:
        """Seal and sign; the newest head."""
        seal_all(self.sealer(key, before), self.databases)
        return Checkpoint.objects.latest("size").note

    def vkey(self, of: Study, key: str) -> str:
        """A public key as the command prints it."""
        out = StringIO()
        call_command("log_key", self.folder / f"{key}.key", "--log", of.project.log.origin, stdout=out)
        return out.getvalue().strip()


@pytest.fixture
def safe(tmp_path: Path, own_databases: TestDatabases) -> Safe:
    return Safe(tmp_path, own_databases)


def rotate(of: Study, new: str) -> None:
    call_command("rotate_log_key", of.project.slug, "--new", new, stdout=StringIO())


def signed_with(note: str, *keys: str) -> list[bool]:
    return [bool(verify(note, [key])) for key in keys]


def checked(bundle: Path, key: str, *more: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "audit/verify.py", bundle, "--log-key", key, "--json", "-", *more],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_a_rotation_is_told_signed_by_both_and_followed_by_whoever_holds_either_key(
    safe: Safe, tmp_path: Path
) -> None:
    chest = study("case-1")
    old, new = (safe.vkey(chest, name) for name in ("old", "new"))
    before = safe.seal("old")
    chest.read("anna")
    with_both = safe.seal("new", "old")
    assert signed_with(with_both, old, new) == [True, False]  # not told yet: the old one is in force
    rotate(chest, new)
    [event] = Event.objects.filter(action="log.key_rotated")
    told = json.loads(bytes(event.body))
    assert told["extra"] == {"old": old, "new": new, "from_size": Checkpoint.objects.latest("size").size}
    assert told["actor"]["kind"] == "system"
    after = safe.seal("new", "old")
    assert signed_with(after, old, new) == [True, True]
    assert Standing.objects.get().vkey == new
    exported(chest, tmp_path / "b.zip", safe.sealer("new", "old"), safe.databases)
    (tmp_path / "kept").write_text(before)
    for key in (old, new):
        code, said = checked(tmp_path / "b.zip", key, "--known", str(tmp_path / "kept"))
        assert (code, said["faults"], said["incomplete"]) == (0, [], [])


def test_a_holder_of_the_old_key_is_led_to_the_new_one_only_by_a_head_of_both(
    safe: Safe, tmp_path: Path
) -> None:
    chest = study("case-1")
    old, new = (safe.vkey(chest, name) for name in ("old", "new"))
    safe.seal("old")
    rotate(chest, new)
    safe.seal("new")  # the old key is lost: nobody but a letter can tell of the new one
    exported(chest, tmp_path / "b.zip", safe.sealer("new"), safe.databases)
    assert checked(tmp_path / "b.zip", new)[0] == 0
    code, said = checked(tmp_path / "b.zip", old)
    assert (code, set(said["fault_counts"])) == (1, {"CHECKPOINT_UNSIGNED"})


def test_after_thirty_days_the_new_key_signs_alone(safe: Safe) -> None:
    chest = study()
    safe.seal("old")
    rotate(chest, safe.vkey(chest, "new"))
    safe.seal("new", "old")
    log, held = chest.project.log, [FileSigner(safe.folder / f"{name}.key") for name in ("new", "old")]
    log.refresh_from_db()
    rotation = last_rotation(log)
    assert rotation is not None
    for past, count in ((BOTH_FOR - timedelta(seconds=1), 2), (BOTH_FOR, 1)):
        keys = signers(log, held, rotation.new, rotation.at + past)
        assert len(keys) == count
        assert vkey(log.origin, keys[0].public_key) == rotation.new
    assert rotation.at <= datetime.now(UTC)


def test_a_sealer_whose_second_slot_holds_the_same_key_signs_once(safe: Safe) -> None:
    chest = study()
    old, new = (safe.vkey(chest, name) for name in ("old", "new"))
    assert signed_with(safe.seal("old", "old"), old, new) == [True, False]
    rotate(chest, new)
    note = safe.seal("new", "new")
    assert (signed_with(note, old, new), note.count("\u2014 ")) == ([False, True], 1)


@pytest.mark.parametrize("told", [False, True])
def test_a_sealer_with_a_key_that_is_not_in_force_signs_nothing(safe: Safe, told: bool) -> None:
    chest = study()
    safe.seal("old")
    if told:
        rotate(chest, safe.vkey(chest, "new"))
    chest.register("case-1")
    wrong = safe.sealer("old" if told else "new")
    with acting_as_role(safe.databases, "sealer"):
        wrong.seal(chest.project.log)
        with pytest.raises(SealingRefused, match="key"):
            wrong.publish(chest.project.log)
    assert Standing.objects.get().code == "WRONG_KEY"
    assert Checkpoint.objects.count() == 1
    safe.seal("new" if told else "old")
    assert Checkpoint.objects.count() == 2


def test_what_is_no_new_key_of_this_log_is_not_recorded(safe: Safe) -> None:
    chest = study()
    with pytest.raises(InvalidInput):
        rotate_log_key(acting=machine(), project=chest.project, new=safe.vkey(chest, "new"))
    safe.seal("old")
    elsewhere = vkey("elsewhere/p/1/e1", safe.sealer("new").signer.public_key)
    for new in ("nonsense", elsewhere):
        with pytest.raises(InvalidInput):
            rotate_log_key(acting=machine(), project=chest.project, new=new)
    with pytest.raises(AlreadyDone):
        rotate_log_key(acting=machine(), project=chest.project, new=safe.vkey(chest, "old"))
    with pytest.raises(NotAllowed):
        rotate_log_key(acting=chest.acting("maria"), project=chest.project, new=safe.vkey(chest, "new"))
    assert not Event.objects.filter(action="log.key_rotated").exists()


def test_a_key_is_made_once_and_its_public_key_told_for_every_log(safe: Safe) -> None:
    chest, out = study(), StringIO()
    call_command("log_key", safe.folder / "third.key", "--new", stdout=out)
    assert out.getvalue().strip() == safe.vkey(chest, "third")
    assert (safe.folder / "third.key").stat().st_mode & 0o777 == 0o400
    held = (safe.folder / "third.key").read_text()
    with pytest.raises(CommandError, match="no key is ever overwritten"):
        call_command("log_key", safe.folder / "third.key", "--new")
    assert (safe.folder / "third.key").read_text() == held
