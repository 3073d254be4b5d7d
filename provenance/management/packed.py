"""What the commands that export have in common: the place, the patience, and the way from request to file."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError

from provenance.failing import give_up
from provenance.models import Export
from provenance.packing import pack_to
from provenance.recording import is_covered, record
from provenance.refusing import refuse_if_unsigned
from workflow.management.about import add_project

WAIT_SECONDS, PAUSE_SECONDS = 120.0, 0.2


def add_place(parser: ArgumentParser) -> None:
    """The arguments that name the project, the place, and how long to wait for the sealer."""
    add_project(parser)
    parser.add_argument(
        "--out", required=True, type=Path, help="a ZIP file; a name without an ending becomes a folder"
    )
    parser.add_argument(
        "--wait", type=float, default=WAIT_SECONDS, help="seconds to wait for the sealer (%(default)s)"
    )


def written(export: Export, out: Path, seconds: float) -> Export:
    """Wait for the seal, pack it there, and give it back as it stands then; CommandError if it failed."""
    wait_for_seal(export, seconds)
    pack_there(export, out)
    done = Export.objects.get(pk=export.pk)
    if done.state == Export.State.FAILED:
        raise CommandError(f"{done.fault_code}: {done.fault}")
    return done


def digest_of(export: Export) -> str:
    """The file's digest and size in words; nothing for a folder."""
    return f", sha256:{export.sha256}, {export.size} bytes" if export.sha256 else ""


def wait_for_seal(export: Export, seconds: float) -> None:
    """Until a signed checkpoint covers the export's event; CommandError after the time-out."""
    end = time.monotonic() + seconds
    while True:
        seal_here()
        if record(export.pk):
            seal_here()
            export = Export.objects.select_related("project").get(pk=export.pk)
            if is_covered(export):
                return
        refuse_if_unsigned(export.project)
        if time.monotonic() >= end:
            raise CommandError(
                f"No sealer signed the log within {seconds:g} seconds. Start `manage.py seal`, then ask again."
            )
        time.sleep(PAUSE_SECONDS)


def seal_here() -> None:
    """Where this command was given the log key as the sealer is, seal now: once, in a process of its own.

    SEALER_DATABASE_URL is the database in the sealer's role, which this process doesn't have.
    """
    has_key = os.environ.get("LOG_KEY_FILE") or os.environ.get("LOG_SIGNER")
    if not (has_key and os.environ.get("SEALER_RECORDS") and os.environ.get("SEALER_DATABASE_URL")):
        return
    environment = {**os.environ, "DATABASE_URL": os.environ["SEALER_DATABASE_URL"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "seal", "--once"],
        cwd=Path(__file__).resolve().parents[2], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CommandError(f"The log could not be sealed: {done.stderr.strip()}")


def pack_there(export: Export, out: Path) -> None:
    """Pack an export to that place; CommandError if it can't be written there."""
    try:
        pack_to(export.pk, out)
    except OSError as error:
        raise CommandError(give_up(export.pk, error)) from None


def check_place(out: Path) -> None:
    """CommandError if the place is taken."""
    if out.is_dir() and (out.suffix or any(out.iterdir())):
        raise CommandError(f"{out} is a folder that holds something already.")
    if out.is_file() and not out.suffix:
        raise CommandError(f"{out} is a file; a folder needs another name.")
