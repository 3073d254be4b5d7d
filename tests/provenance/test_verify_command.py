"""verify.py as an auditor runs it: alone, in an empty environment, outside the project."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audit import verify
from tests.provenance.forging import Bundles, Forge


def run(folder: Path, *arguments: object, how: tuple[str, ...] = ("-I",)) -> subprocess.CompletedProcess[str]:
    """Run a copy of verify.py with nothing of ours around it."""
    program = folder / "verify.py"
    if not program.exists():
        shutil.copy(verify.__file__, program)
    command = [sys.executable, *how, str(program), *map(str, arguments)]
    return subprocess.run(command, env={}, cwd=folder, capture_output=True, text=True, check=False)


def test_a_bundle_is_valid_in_an_empty_environment_and_without_any_package(
    bundles: Bundles, tmp_path: Path
) -> None:
    for how in (
        ("-I",),
        ("-I", "-S"),
    ):  # -S: not even installed packages, so the signature is checked by hand
        done = run(tmp_path, bundles.files["full"], "--log-key", bundles.vkey, how=how)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith("\nVALID\n")
        assert "Not checked: V4" in done.stdout


def test_the_outcome_is_told_to_programs_too(bundles: Bundles, tmp_path: Path) -> None:
    done = run(tmp_path, bundles.files["subset"], "--log-key", bundles.vkey, "--json", "out.json")
    told = json.loads((tmp_path / "out.json").read_text())
    assert done.returncode == told["exit"] == 0
    assert (told["result"], told["profile"], told["faults"], told["incomplete"]) == (
        "valid",
        "subset",
        [],
        [],
    )
    assert {one["check"]: one["result"] for one in told["checks"]} == {
        **{name: "passed" for name, _, _ in verify.CHECKS},
        "V3": "not checked",
    }
    done = run(tmp_path, bundles.files["subset"], "--log-key", bundles.vkey, "--json", "-")
    assert json.loads(done.stdout) == told


def test_without_a_key_the_origin_is_not_proven(bundles: Bundles, tmp_path: Path) -> None:
    done = run(tmp_path, bundles.files["full"])
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "INCOMPLETE")
    assert "integrity only, origin not proven" in done.stdout


def test_a_tampered_bundle_is_invalid(bundles: Bundles, tmp_path: Path) -> None:
    data = bundles.files["full"].read_bytes()
    (tmp_path / "b.zip").write_bytes(data.replace(b"nodule", b"modulo", 1))
    done = run(tmp_path, "b.zip", "--log-key", bundles.vkey)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "INVALID")
    assert "FILE_CHANGED data/" in done.stdout
    (tmp_path / "b.zip").write_bytes(data[:-1])
    done = run(tmp_path, "b.zip", "--log-key", bundles.vkey)
    assert (done.returncode, "ARCHIVE_REFUSED b.zip" in done.stdout) == (1, True)


def test_a_known_checkpoint_is_read_from_its_file(bundles: Bundles, tmp_path: Path) -> None:
    later = Forge(bundles.files["subset"]).files["data/log/checkpoint"]
    (tmp_path / "later").write_bytes(later)
    done = run(tmp_path, bundles.files["full"], "--log-key", bundles.vkey, "--known", "later")
    assert (done.returncode, "ROLLBACK later: " in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [[], ["missing.zip"], ["verify.py", "--log-key", "x"], ["verify.py", "--known", "missing"], ["--what"]],
)
def test_what_was_asked_for_wrongly_is_not_called_invalid(arguments: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr


def test_the_verifier_in_the_bundle_is_this_one_and_no_module_beside_it_is_imported(
    bundles: Bundles, tmp_path: Path
) -> None:
    with zipfile.ZipFile(bundles.files["full"]) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "bundle"
    assert (folder / "verify.py").read_bytes() == Path(verify.__file__).read_bytes()
    assert run(folder, ".", "--log-key", bundles.vkey, how=()).returncode == 0
    for name in ("json", "hashlib", "argparse", "cryptography"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    done = run(folder, ".", "--log-key", bundles.vkey, how=())
    assert (done.returncode, "FILE_EXTRA json.py" in done.stdout) == (1, True)
    assert not (tmp_path / "ran").exists()
