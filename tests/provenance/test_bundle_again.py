"""The same bundle is the same bytes: on another day, in another zone, after a crash, after more work."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit.models import Event
from provenance.models import Export
from tests.databases import ROOT, TestDatabases
from tests.provenance.exports import exported, finished_study
from tests.sealed import a_sealer, seal_all

pytestmark = pytest.mark.django_db(transaction=True)

PACK = """
import sys, django
django.setup()
from pathlib import Path
from uuid import UUID
from provenance.packing import pack_to
{first}
pack_to(UUID(sys.argv[1]), Path(sys.argv[2]))
"""
DIE_AT_THE_END = """
import os
from audit.bundle.bag import Bag
Bag.finish = lambda bag, info: os.kill(os.getpid(), 9)
"""


def pack_elsewhere(
    databases: TestDatabases,
    export: Export,
    out: Path,
    first: str = "",
    source: Path = ROOT,
    **environment: str,
) -> int:
    """Pack in a process of its own, as if nobody had yet; its exit code."""
    Export.objects.filter(pk=export.pk).update(state="recorded")
    done = subprocess.run(
        [sys.executable, "-c", PACK.format(first=first), str(export.pk), str(out)],
        cwd=source, capture_output=True, text=True, check=False,
        env=os.environ | databases.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def an_upgrade(folder: Path) -> Path:
    """The service's source with one word changed, in a folder of its own."""
    kept = shutil.ignore_patterns(".*", "tests", "docs", "static", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=kept)
    with (folder / "audit" / "agent.py").open("a", encoding="utf-8") as source:
        source.write("# the next release\n")
    return folder


def test_an_export_asked_for_before_an_upgrade_and_packed_after_it_fails_with_a_sentence(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, sealer = finished_study(), a_sealer(tmp_path)
    export = exported(chest, tmp_path / "a.zip", sealer, own_databases)
    pack_elsewhere(own_databases, export, tmp_path / "b.zip", source=an_upgrade(tmp_path / "next"))
    export.refresh_from_db()
    assert (export.state, export.fault_code) == ("failed", "SOFTWARE_CHANGED")
    assert "upgraded since the export was asked for; ask again" in export.fault
    assert not (tmp_path / "b.zip").exists()
    assert not Event.objects.filter(action="audit.verification_failed").exists(), "no fault of the log"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("profile", ["full", "subset", "pseudonymous"])
def test_two_builds_in_different_surroundings_are_the_same_bytes(
    own_databases: TestDatabases, tmp_path: Path, profile: str
) -> None:
    chest, sealer = finished_study(), a_sealer(tmp_path)
    export = exported(chest, tmp_path / "a.zip", sealer, own_databases, profile)
    # What happens afterwards, to the log and to what people call things, doesn't change what was exported.
    chest.read("anna")
    chest.project.name = "Chest"
    seal_all(sealer, own_databases)
    pack_elsewhere(
        own_databases,
        export,
        tmp_path / "b.zip",
        TZ="Pacific/Kiritimati",
        LC_ALL="C.UTF-8",
        PYTHONHASHSEED="1",
    )
    pack_elsewhere(
        own_databases, export, tmp_path / "c.zip", TZ="America/Caracas", LC_ALL="C", PYTHONHASHSEED="4711"
    )
    digests = {digest_of(tmp_path / name) for name in ("a.zip", "b.zip", "c.zip")}
    assert digests == {Export.objects.get(pk=export.pk).sha256} == {export.sha256}


def test_a_killed_packing_leaves_no_bundle_and_the_next_one_the_same_bytes(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, sealer = finished_study(), a_sealer(tmp_path)
    export = exported(chest, tmp_path / "a.zip", sealer, own_databases)
    out = tmp_path / "b.zip"
    assert pack_elsewhere(own_databases, export, out, first=DIE_AT_THE_END) == -signal.SIGKILL
    assert not out.exists()
    assert pack_elsewhere(own_databases, export, out) == 0
    assert digest_of(out) == export.sha256
