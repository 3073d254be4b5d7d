"""The tamper matrix on bundles: whatever a forger does is named, and no check of the verifier is there for nothing."""

import base64
import hashlib
import json
import os
import random
import signal
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.canonical import canonical
from audit.notes import Checkpoint, sign
from tests.provenance.forging import Bundles, Forge
from tests.provenance.matrix import MATRIX, Tamper
from tests.provenance.tampering import rewritten

FLIPS, REPAIRED_FLIPS = 520, 120
# What the log says nothing of: held against the manifests alone, as the verifier tells whoever reads it.
UNSIGNED = ("data/README.txt", "data/schema/", "data/trust/", "verify.py", "manifest-sha256", "tagmanifest")


@pytest.fixture(scope="session")
def key(bundles: Bundles) -> verify.Key:
    """The log's public key, as an auditor has it."""
    return verify.parse_vkey(bundles.vkey)


@pytest.fixture
def forge(bundles: Bundles) -> Forge:
    """The whole bundle in the hands of somebody who stole the log's key."""
    return Forge(bundles.files["full"], bundles.private)


@pytest.fixture(scope="session")
def witness() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def vkey_of(witness: Ed25519PrivateKey) -> verify.Key:
    """A witness's key as `--witness-key` brings it."""
    public = b"\x04" + witness.public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"witness.example\n" + public).digest()[:4]
    return verify.parse_vkey(f"witness.example+{key_id.hex()}+{base64.b64encode(public).decode()}")


def cosigned(note: bytes, witness: Ed25519PrivateKey, at: int) -> bytes:
    """The checkpoint with a witness's line (C2SP tlog-cosignature)."""
    text = note[: note.index(b"\n\n") + 1]
    signature = witness.sign(b"cosignature/v1\ntime %d\n" % at + text)
    line = base64.b64encode(vkey_of(witness).key_id + at.to_bytes(8, "big") + signature)
    return note + "— witness.example ".encode() + line + b"\n"


def checked(path: Path, *how: Any, **more: Any) -> verify.Run:
    with closing(verify.open_bundle(str(path))) as bundle:
        return verify.verify(bundle, *how, **more)


def forged(tamper: Tamper, forge: Forge, folder: Path) -> Path:
    tamper.change(forge)
    return forge.write(folder / "forged.zip")


@pytest.mark.parametrize("tamper", MATRIX, ids=str)
def test_each_tampering_is_named(
    tamper: Tamper, forge: Forge, key: verify.Key, witness: Ed25519PrivateKey, tmp_path: Path
) -> None:
    path = forged(tamper, forge, tmp_path)
    run = checked(path, key, witness=vkey_of(witness) if tamper.witness else None)
    expected = set(tamper.codes.split())
    assert expected <= set(run.counts), run.faults
    if tamper.check or not expected:
        assert (set(run.counts), set(run.by_check)) == (expected, {tamper.check} - {""}), run.faults
    assert verify.exit_code(run) == (1 if expected else 0)


@pytest.mark.parametrize("check", [name for name, _, _ in verify.CHECKS])
def test_without_any_one_check_some_tampering_passes(
    check: str, forge: Forge, key: verify.Key, witness: Ed25519PrivateKey, tmp_path: Path
) -> None:
    tamper = next(tamper for tamper in MATRIX if tamper.check == check)
    path = forged(tamper, forge, tmp_path)
    others = [one for one in verify.CHECKS if one[0] != check]
    run = checked(path, key, witness=vkey_of(witness) if tamper.witness else None, checks=others)
    assert (run.faults, verify.exit_code(run)) == ([], 0)


def test_a_perfect_forgery_passes_unless_somebody_kept_a_checkpoint(
    forge: Forge, bundles: Bundles, key: verify.Key, tmp_path: Path
) -> None:
    """The limit, stated: with database and log key in hand, a whole history can be rebuilt, and it verifies."""
    kept = verify.parse_checkpoint(forge.files["data/log/checkpoint"])
    rewritten(forge)
    path = forge.write(tmp_path / "forged.zip")
    assert verify.exit_code(checked(path, key)) == 0
    run = checked(path, key, [("kept", kept)])
    assert [(code, place) for code, place, _ in run.faults] == [("HISTORY_FORK", "kept")]


def test_contents_that_an_event_calls_erased_may_be_missing(
    forge: Forge, key: verify.Key, tmp_path: Path
) -> None:
    displays = [event["display"] for event in forge.of_case("read.")]
    for digest in filter(None, displays):
        event = json.loads(canonical(forge.export))
        event |= {"action": "content.erased", "reason": {"code": "asked_for", "text": None}, "extra": None}
        event |= {"object": {"kind": "content", "id": digest, "version": 1}, "event_id": str(uuid.uuid4())}
        forge.events.insert(forge.events.index(forge.export), event)
        forge.erase(digest)
        forge.export["extra"]["leaves"] += 1
    run = checked(forge.settle(earlier=True).write(tmp_path / "b.zip"), key)
    assert (run.faults, verify.exit_code(run)) == ([], 0)
    assert f"{len(displays) - 1} contents were erased" in "".join(run.not_checked)  # a recall shows nothing


def test_a_log_that_is_shorter_than_what_somebody_knows_is_a_restored_backup(
    bundles: Bundles, forge: Forge, key: verify.Key
) -> None:
    later = verify.parse_checkpoint(Forge(bundles.files["pseudonymous"]).files["data/log/checkpoint"])
    run = checked(bundles.files["full"], key, [("later", later)])
    assert [code for code, _, _ in run.faults] == ["ROLLBACK"]
    earlier = verify.parse_checkpoint(forge.files["data/log/checkpoint"])
    assert verify.exit_code(checked(bundles.files["pseudonymous"], key, [("earlier", earlier)])) == 0


def test_a_known_checkpoint_of_another_log_or_another_key_is_told_apart(
    bundles: Bundles, forge: Forge, key: verify.Key
) -> None:
    other = sign(Checkpoint("elsewhere/p/1/e1", 1, b"\1" * 32).text(), "elsewhere/p/1/e1", forge.key)
    run = checked(bundles.files["full"], None, [("other", verify.parse_checkpoint(other.encode()))])
    assert [code for code, _, _ in run.faults] == ["ORIGIN_MISMATCH"]
    origin = forge.events[0]["log"]
    unsigned = sign(Checkpoint(origin, 1, b"\1" * 32).text(), origin, Ed25519PrivateKey.generate())
    run = checked(bundles.files["full"], key, [("unsigned", verify.parse_checkpoint(unsigned.encode()))])
    assert (run.faults, verify.exit_code(run)) == ([], 2)
    assert "unsigned is not signed by the given key" in run.incomplete[0]


def test_a_bundle_of_another_log_under_the_same_key_is_refused(forge: Forge, tmp_path: Path) -> None:
    origin = "elsewhere/p/1/e1"
    public = b"\x01" + forge.key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(f"{origin}\n".encode() + public).digest()[:4]
    run = checked(forge.write(tmp_path / "b.zip"), verify.Key(origin, key_id, 1, public[1:]))
    assert {"ORIGIN_MISMATCH", "CHECKPOINT_UNSIGNED"} <= set(run.counts)


def test_a_witness_bounds_the_times(
    forge: Forge, key: verify.Key, witness: Ed25519PrivateKey, tmp_path: Path
) -> None:
    note, size = forge.files["data/log/checkpoint"], len(forge.events)
    now = int(verify._moment(forge.export["time"]["server"]).replace(tzinfo=UTC).timestamp())
    for at, codes in ((now + 60, set()), (now - 86_400, {"TIME_OUTSIDE_ANCHORS"})):
        told = cosigned(note, witness, at)
        forge.files["data/log/checkpoint"] = forge.files[f"data/log/checkpoints/{size}"] = told
        run = checked(forge.repack().write(tmp_path / "b.zip"), key, witness=vkey_of(witness))
        assert set(run.counts) == codes
    other = Ed25519PrivateKey.generate()
    assert set(checked(tmp_path / "b.zip", key, witness=vkey_of(other)).counts) == {"WITNESS_MISSING"}


def test_whoever_flips_any_single_byte_is_found_out(
    bundles: Bundles, key: verify.Key, tmp_path: Path
) -> None:
    chance = random.Random(20261121)
    whole = bytearray(bundles.files["full"].read_bytes())
    path = tmp_path / "flipped.zip"
    for _ in range(FLIPS):
        place, change = chance.randrange(len(whole)), chance.randrange(1, 256)
        whole[place] ^= change
        path.write_bytes(whole)
        assert _outcome(path, key) != 0, f"byte {place} changed by {change}"
        whole[place] ^= change
    path.write_bytes(whole)
    assert _outcome(path, key) == 0


def test_whoever_flips_a_byte_and_repairs_the_manifests_is_found_out(
    forge: Forge, key: verify.Key, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    paths = [path for path in sorted(forge.files) if not path.startswith(UNSIGNED) and forge.files[path]]
    for number in range(REPAIRED_FLIPS):
        path = paths[number % len(paths)] if number < len(paths) else chance.choice(paths)
        kept = dict(forge.files)
        data = bytearray(forge.files[path])
        place, change = chance.randrange(len(data)), chance.randrange(1, 256)
        data[place] ^= change
        forge.files[path] = bytes(data)
        if path != "bag-info.txt":  # which repairing would put right again, at least in part
            forge.repack()
        assert _outcome(forge.write(tmp_path / "f.zip"), key) != 0, (
            f"{path}, byte {place} changed by {change}"
        )
        forge.files = kept


def _outcome(path: Path, key: verify.Key) -> int:
    try:
        return verify.exit_code(checked(path, key))
    except verify.Refused:
        return 1


SUBSET: dict[str, tuple[Callable[[Forge], object], str]] = {
    "nothing": (lambda forge: None, ""),
    "a leaf changed": (
        lambda forge: forge.files.update(
            {"data/log/leaves.bin": b"\0" * 32 + forge.files["data/log/leaves.bin"][32:]}
        ),
        "ROOT_MISMATCH",
    ),
    "a leaf too few": (
        lambda forge: forge.files.update({"data/log/leaves.bin": forge.files["data/log/leaves.bin"][:-32]}),
        "TREE_SIZE ROOT_MISMATCH",
    ),
    "an event left out": (
        lambda forge: forge.drop_line("data/log/events.ndjson", -2),
        "STREAM_GAP STREAM_CHAIN",
    ),
    "a case left out": (
        lambda forge: forge.drop_lines("data/log/events.ndjson", forge.of_case()[0]["stream"]["id"]),
        "HEADS_MISMATCH TRUTH_MISMATCH",
    ),
    "a head left out": (lambda forge: forge.drop_line("data/log/heads.ndjson", 0), "HEADS_MISMATCH"),
    "a proof left out": (lambda forge: forge.files.pop(forge.proof()), "ROOT_MISMATCH"),
    "a proof of another place": (
        lambda forge: forge.files.update(
            {forge.proof(): forge.files[forge.proof()].replace(b"\nindex ", b"\nindex 1")}
        ),
        "ROOT_MISMATCH",
    ),
    "a proof with a wrong step": (
        lambda forge: forge.files.update({forge.proof(): _wrong_step(forge.files[forge.proof()])}),
        "ROOT_MISMATCH",
    ),
}


def _wrong_step(proof: bytes) -> bytes:
    lines = proof.split(b"\n")
    lines[2] = base64.b64encode(b"\7" * 32)
    return b"\n".join(lines)


@pytest.mark.parametrize("name", SUBSET)
def test_a_subset_shows_its_cases_whole_and_in_the_log(
    name: str, bundles: Bundles, key: verify.Key, tmp_path: Path
) -> None:
    change, codes = SUBSET[name]
    forge = Forge(bundles.files["subset"])
    change(forge)
    run = checked(forge.repack().write(tmp_path / "b.zip"), key)
    assert set(codes.split()) <= set(run.counts), run.faults
    assert bool(run.faults) == bool(codes)


@pytest.mark.parametrize("profile", ["full", "pseudonymous", "subset"])
def test_every_profile_is_valid_as_a_file_and_as_a_folder(
    profile: str, bundles: Bundles, key: verify.Key, tmp_path: Path
) -> None:
    for path, data in Forge(bundles.files[profile]).files.items():
        place = tmp_path / "unpacked" / "bundle" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    runs = [checked(path, key) for path in (bundles.files[profile], tmp_path / "unpacked")]
    assert [(run.faults, run.incomplete, verify.exit_code(run)) for run in runs] == [([], [], 0)] * 2
    assert runs[0].events == runs[1].events > 90


def test_the_same_is_found_when_everything_is_sorted_on_disk(
    forge: Forge, key: verify.Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "AT_ONCE", 2000)
    assert verify.exit_code(checked(forge.write(tmp_path / "b.zip"), key)) == 0
    for tamper in (one for one in MATRIX if one.check in ("V8", "V9", "V11", "V12")):
        again = Forge(tmp_path / "b.zip", forge.key)
        assert set(checked(forged(tamper, again, tmp_path), key).counts) == set(tamper.codes.split())


@pytest.mark.parametrize("tamper", MATRIX, ids=str)
def test_two_processes_find_what_one_finds(
    tamper: Tamper, forge: Forge, key: verify.Key, witness: Ed25519PrivateKey, tmp_path: Path
) -> None:
    path = forged(tamper, forge, tmp_path)
    runs = [checked(path, key, witness=vkey_of(witness), processes=number) for number in (1, 2)]
    assert verify.as_json(runs[0]) == verify.as_json(runs[1])


def test_if_the_second_process_is_stopped_the_first_makes_its_checks(
    forge: Forge, key: verify.Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, go = os.getpid(), verify.Run.go

    def stopped_elsewhere(run: verify.Run, *what: Any, **how: Any) -> None:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        go(run, *what, **how)

    monkeypatch.setattr(verify.Run, "go", stopped_elsewhere)
    path = forged(next(one for one in MATRIX if one.check == "V20"), forge, tmp_path)
    run = checked(path, key, processes=2)
    assert run.counts == {"TRUTH_MISMATCH": 1}
    monkeypatch.undo()
    assert verify.as_json(run) == verify.as_json(checked(path, key))


def test_of_many_faults_a_few_are_told_and_all_are_counted(
    forge: Forge, key: verify.Key, tmp_path: Path
) -> None:
    for event in forge.events[1:]:
        event["log"] += "x"
    run = checked(forge.settle(earlier=True).write(tmp_path / "b.zip"), key)
    assert run.counts["EVENT_WRONG_LOG"] == len(forge.events) - 1 > verify.KEPT_PER_CODE
    assert [code for code, _, _ in run.faults].count("EVENT_WRONG_LOG") == verify.KEPT_PER_CODE
    assert "more faults" in verify.as_text(verify.as_json(run))


def test_every_event_of_the_service_has_the_form_that_the_verifier_knows(forge: Forge) -> None:
    for event in forge.events:
        line = canonical(event).decode()
        read = verify.read_event(0, "", line)
        assert read is not None
        assert read == verify.guess_event(0, "", line)
