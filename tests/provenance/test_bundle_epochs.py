"""A bundle of a log with several epochs: a tree for each, each tied to the one before it, all held by the last head."""

import json
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.canonical import canonical
from audit.notes import Checkpoint, sign
from tests.provenance.epochs import EpochBundles
from tests.provenance.forging import Forge

FLIPS = 60
FIRST, SECOND = "data/log/epochs/1/", "data/log/epochs/2/"


@pytest.fixture
def forge(epoch_bundles: EpochBundles) -> Forge:
    return epoch_bundles.forge()


def checked(path: Path, made: EpochBundles, *epochs: int, **more: Any) -> verify.Run:
    """What the verifier finds with the last epoch's key, and those of earlier epochs that are named."""
    with closing(verify.open_bundle(str(path))) as bundle:
        old = [made.key(epoch) for epoch in epochs]
        return verify.verify(bundle, made.key(3), old_keys=old, **more)


@pytest.mark.parametrize("profile", ["full", "pseudonymous", "subset"])
def test_every_profile_carries_every_epoch_and_is_valid(profile: str, epoch_bundles: EpochBundles) -> None:
    run = checked(epoch_bundles.files[profile], epoch_bundles, 1, 2)
    assert (run.faults, run.incomplete, verify.exit_code(run)) == ([], [], 0)
    assert [epoch.number for epoch in run.epochs] == [1, 2, 3]
    assert all(epoch.tree.size == epoch.size > 2 for epoch in run.epochs)
    assert "who signed its heads" not in "".join(run.not_checked)


def test_its_heads_fit_their_schema(forge: Forge) -> None:
    check = jsonschema_rs.validator_for(json.loads(forge.files["data/schema/head-v1.json"]))
    heads = [json.loads(line) for line in forge.files["data/log/heads.ndjson"].splitlines()]
    for head in heads:
        check.validate(head)
    assert {head["epoch"] for head in heads} == {1, 3}


def test_without_the_keys_of_earlier_epochs_it_is_valid_and_says_what_was_not_checked(
    epoch_bundles: EpochBundles,
) -> None:
    run = checked(epoch_bundles.files["full"], epoch_bundles)
    assert verify.exit_code(run) == 0
    assert "".join(run.not_checked).count("who signed its heads") == 2
    told = verify.as_json(run)
    assert [one["log"][-2:] for one in told["epochs_before"]] == ["e1", "e2"]
    assert verify.as_text(told).count("Epoch before: ") == 2


def test_a_case_that_ended_in_an_earlier_epoch_is_proved_by_its_tree(epoch_bundles: EpochBundles) -> None:
    forge = epoch_bundles.forge("subset")
    proofs = [path for path in forge.files if path.endswith(".tlog-proof")]
    ended, on = (event["stream"]["id"] for event in forge.epochs[0] if event["action"] == "case.created")
    assert proofs == [f"data/log/proofs/{on}.tlog-proof"]
    assert any(event["stream"]["id"] == ended for event in forge.epochs[0])


def drop_epoch(forge: Forge) -> None:
    for path in [path for path in forge.files if path.startswith(FIRST)]:
        del forge.files[path]
    forge.repack()


def drop_all_before(forge: Forge) -> None:
    for path in [path for path in forge.files if path.startswith("data/log/epochs/")]:
        del forge.files[path]
    forge.repack()


def swap_epochs(forge: Forge) -> None:
    for name in (
        "events.ndjson",
        *(f"checkpoints/{size}" for size in (*forge.sizes(FIRST), *forge.sizes(SECOND))),
    ):
        first, second = forge.files.pop(FIRST + name, None), forge.files.pop(SECOND + name, None)
        forge.files |= {FIRST + name: second} if second else {}
        forge.files |= {SECOND + name: first} if first else {}
    forge.repack()


def link(**told: object) -> Callable[[Forge], None]:
    def change(forge: Forge) -> None:
        forge.events[0]["extra"]["predecessor"] |= told
        forge.settle(earlier=True, link=False)

    return change


def unlinked(forge: Forge) -> None:
    """Epochs whose last one begins with something else, signed with the stolen key."""
    opened = forge.events.pop(0)
    forge.events.insert(1, opened)
    forge.settle(earlier=True, link=False)


def edit(forge: Forge) -> None:
    """Change an old event, and make everything fit but what the next epoch says of its tree."""
    forge.epochs[0][-1]["actor"]["site"] = "south"
    forge.settle(earlier=True, link=False)


def edit_without_old_keys(forge: Forge) -> None:
    """The same by whoever has the last key only: the old heads stay as they were signed."""
    forge.epochs[0][3]["actor"]["site"] = "south"
    old = {path: data for path, data in forge.files.items() if "/epochs/1/checkpoints/" in path}
    forge.settle(earlier=True)
    forge.files |= old
    forge.repack()


def drop_old_head(forge: Forge) -> None:
    del forge.files[f"{FIRST}checkpoints/{forge.sizes(FIRST)[-1]}"]
    forge.repack()


def old_head_by_another(forge: Forge) -> None:
    path = f"{FIRST}checkpoints/{forge.sizes(FIRST)[0]}"
    head = verify.parse_checkpoint(forge.files[path])
    other = Ed25519PrivateKey.generate()
    forge.files[path] = sign(head.text, head.origin, other).encode()
    forge.repack()


def event_moved(forge: Forge) -> None:
    """An event of an old epoch told as one of the last, all signed with the stolen keys."""
    moved = next(event for event in reversed(forge.epochs[1]) if event["stream"]["kind"] == "case")
    forge.epochs[1].remove(moved)
    forge.events.insert(2, moved)
    forge.export["extra"]["leaves"] += 1
    forge.settle(earlier=True)


def head_of_another_epoch(forge: Forge) -> None:
    lines = forge.files["data/log/heads.ndjson"].replace(b'"epoch":1', b'"epoch":2')
    forge.files["data/log/heads.ndjson"] = lines
    forge.repack()


def stray_head(forge: Forge) -> None:
    forge.files["data/log/epochs/7/checkpoints/3"] = b"anything"
    forge.repack()


def stray_key(forge: Forge) -> None:
    forge.files["data/trust/log-e3.vkey"] = b"anything"
    forge.repack()


def invented_loss(forge: Forge) -> None:
    """Say that events of the epoch before were lost, without a head that was signed over them."""
    event = forge.events[2]
    event["action"], event["reason"] = "log.recovered", {"code": "restored", "text": None}
    size = len(forge.epochs[1])
    told = {"origin": forge.epochs[1][0]["log"], "size": size + 9, "root": "sha256:" + "0" * 64}
    told["checkpoint"] = forge.export["extra"]["workflow_graph"]
    event["extra"] = {"witnessed": told, "first_missing": size, "count": 9}
    forge.settle(earlier=True)


TAMPERS: dict[str, tuple[Callable[[Forge], None], str]] = {
    "nothing": (lambda forge: None, ""),
    "made to fit": (lambda forge: forge.settle(earlier=True) and None, ""),
    "an epoch dropped": (drop_epoch, "FILE_MISSING STREAM_GAP STREAM_CHAIN"),
    "all epochs before the last dropped": (drop_all_before, "FILE_MISSING STREAM_GAP STREAM_CHAIN"),
    "two epochs swapped": (swap_epochs, "EVENT_WRONG_LOG ROOT_MISMATCH HISTORY_FORK ORIGIN_MISMATCH"),
    "the link tells of another size": (link(size=4), "TREE_SIZE"),
    "the link tells of another root": (link(root="sha256:" + "0" * 64), "ROOT_MISMATCH"),
    "the link tells of another log": (link(origin="localhost/p/1/e2"), "HISTORY_FORK EVENT_WRONG_LOG"),
    "the link tells of another head": (link(checkpoint="sha256:" + "0" * 64), "HISTORY_FORK"),
    "the link isn't the first event": (unlinked, "HISTORY_FORK"),
    "an old event edited, the last key stolen": (edit, "ROOT_MISMATCH"),
    "and the link made to fit": (edit_without_old_keys, "HISTORY_FORK"),
    "an old head left out": (drop_old_head, "HISTORY_FORK"),
    "an old head signed by another": (old_head_by_another, "SIG_BAD"),
    "an event moved into the last epoch": (event_moved, "EVENT_WRONG_LOG"),
    "a head told of another epoch": (head_of_another_epoch, "HEADS_MISMATCH"),
    "a loss invented": (invented_loss, "HISTORY_FORK"),
    "a head of an epoch that isn't there": (stray_head, "FILE_EXTRA"),
    "a key of an epoch that isn't there": (stray_key, "FILE_EXTRA"),
}


@pytest.mark.parametrize("name", TAMPERS)
def test_each_tampering_with_epochs_is_named(
    name: str, forge: Forge, epoch_bundles: EpochBundles, tmp_path: Path
) -> None:
    change, codes = TAMPERS[name]
    change(forge)
    run = checked(forge.write(tmp_path / "forged.zip"), epoch_bundles, 1, 2)
    assert set(codes.split()) <= set(run.counts), run.faults
    assert verify.exit_code(run) == (1 if codes else 0), run.faults


def test_a_history_rewritten_with_every_key_is_found_by_a_head_of_any_epoch_that_somebody_kept(
    forge: Forge, epoch_bundles: EpochBundles, tmp_path: Path
) -> None:
    kept = {
        1: verify.parse_checkpoint(forge.files[f"{FIRST}checkpoints/{forge.sizes(FIRST)[0]}"]),
        2: verify.parse_checkpoint(forge.files[f"{SECOND}checkpoints/{forge.sizes(SECOND)[-1]}"]),
        3: verify.parse_checkpoint(forge.files["data/log/checkpoint"]),
    }
    known = [(f"kept {epoch}", head) for epoch, head in kept.items()]
    path = epoch_bundles.files["full"]
    assert checked(path, epoch_bundles, 1, 2, known=known).faults == []
    forge.epochs[0][0]["actor"]["site"] = "south"
    forge.settle(earlier=True)
    path = forge.write(tmp_path / "forged.zip")
    assert verify.exit_code(checked(path, epoch_bundles, 1, 2)) == 0, "the limit"
    run = checked(path, epoch_bundles, 1, 2, known=known)
    assert [(code, place) for code, place, _ in run.faults] == [
        ("HISTORY_FORK", f"kept {epoch}") for epoch in kept
    ]


def test_a_known_head_of_an_epoch_counts_with_its_key_and_tells_of_what_was_cut_off(
    forge: Forge, epoch_bundles: EpochBundles
) -> None:
    path, origin = epoch_bundles.files["full"], forge.epochs[0][0]["log"]
    text = Checkpoint(origin, len(forge.epochs[0]) + 1, b"\1" * 32).text()
    later = verify.parse_checkpoint(sign(text, origin, epoch_bundles.private[1]).encode())
    run = checked(path, epoch_bundles, 1, known=[("later", later)])
    assert [(code, place) for code, place, _ in run.faults] == [("ROLLBACK", "later")]
    run = checked(path, epoch_bundles, known=[("later", later)])
    assert (run.faults, verify.exit_code(run)) == ([], 2)
    assert "given key of its epoch (--old-key)" in run.incomplete[0]


def test_a_subset_shows_each_tree_whole(epoch_bundles: EpochBundles, tmp_path: Path) -> None:
    forge = epoch_bundles.forge("subset")
    leaves = forge.files[f"{FIRST}leaves.bin"]
    for changed, codes in (
        (leaves[:-32], {"TREE_SIZE", "ROOT_MISMATCH"}),
        (b"\0" * 32 + leaves[32:], {"ROOT_MISMATCH"}),
    ):
        forge.files[f"{FIRST}leaves.bin"] = changed
        run = checked(forge.repack().write(tmp_path / "b.zip"), epoch_bundles, 1, 2)
        assert codes <= set(run.counts)
    del forge.files[f"{FIRST}leaves.bin"]
    assert verify.exit_code(checked(forge.repack().write(tmp_path / "b.zip"), epoch_bundles)) == 1


def test_whoever_flips_a_byte_of_an_earlier_epoch_is_found_out(
    forge: Forge, epoch_bundles: EpochBundles, tmp_path: Path
) -> None:
    chance = random.Random(20261123)
    paths = sorted(path for path in forge.files if path.startswith("data/log/"))
    for number in range(FLIPS):
        path = paths[number % len(paths)]
        kept = forge.files[path]
        data = bytearray(kept)
        place, change = chance.randrange(len(data)), chance.randrange(1, 256)
        data[place] ^= change
        forge.files[path] = bytes(data)
        run = checked(forge.repack().write(tmp_path / "f.zip"), epoch_bundles, 1, 2)
        assert verify.exit_code(run) == 1, f"{path}, byte {place} changed by {change}"
        forge.files[path] = kept


def test_the_command_takes_a_key_for_each_epoch(
    epoch_bundles: EpochBundles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "head"
    head.write_bytes(
        epoch_bundles.forge().files[f"{FIRST}checkpoints/{epoch_bundles.forge().sizes(FIRST)[0]}"]
    )
    keys = ["--log-key", epoch_bundles.vkeys[3]]
    for epoch in (1, 2):
        keys += ["--old-key", epoch_bundles.vkeys[epoch]]
    assert verify.main([str(epoch_bundles.files["full"]), *keys, "--known", str(head)]) == 0
    assert capsys.readouterr().out.endswith("VALID\n")


def test_canonical_lines_of_old_epochs_are_those_that_were_sealed(forge: Forge) -> None:
    for folder, epoch in zip(forge.folders, forge.epochs, strict=True):
        assert forge.files[f"{folder}events.ndjson"] == b"".join(canonical(event) + b"\n" for event in epoch)
        assert {event["log"][-3:] for event in epoch} == {f"/e{forge.folders.index(folder) + 1}"}
