"""The demonstration's proof: the bundle, exported as an auditor would have it, and checked as an auditor would."""

import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from provenance.proofs import head_of
from workflow.models import Project


def export(project: Project, out: Path) -> dict[str, Any]:
    """Export the project to `out`, unless an earlier run did; its size and digest."""
    if not out.exists():
        call_command("export_bundle", project.slug, out=out, verbosity=0)
    with out.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return {"path": str(out), "bytes": out.stat().st_size, "sha256": digest.hexdigest()}


def check(project: Project, bundle: Path) -> dict[str, Any]:
    """Run the bundle's own verify.py on it, alone, in an empty environment; CommandError unless all holds."""
    key = head_of(project).vkey
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(bundle) as packed:
        program = Path(folder) / "verify.py"
        program.write_bytes(packed.read("bundle/verify.py"))
        done = subprocess.run(
            [sys.executable, "-I", program, bundle, "--log-key", key],
            cwd=folder, env={}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise CommandError(f"The bundle does not hold:\n{done.stdout}{done.stderr}")
    return {"verdict": "valid", "log_key": key}
