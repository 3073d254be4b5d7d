"""`manage.py export_bundle PROJECT --out PATH`: a bundle that an auditor can check alone."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.log import Request
from provenance.exporting import request_export
from provenance.failing import give_up
from provenance.models import Export
from provenance.packing import pack_to
from provenance.recording import is_covered, record
from provenance.refusing import refuse_if_unsigned
from workflow.acting import machine
from workflow.errors import DomainError, InvalidInput
from workflow.models import Case, Project

PROFILES = [name for name in Export.Profile.values if name != Export.Profile.LABELS]
WAIT_SECONDS, PAUSE_SECONDS = 120.0, 0.2


class Command(BaseCommand):
    """Records the export in the log, waits for the sealer to sign it, and packs the bundle."""

    help = "Export a project's provenance as a BagIt bag with everything that is needed to check it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, place, profile."""
        parser.add_argument("project", help="the project's slug, such as lung-nodules")
        parser.add_argument(
            "--out", required=True, type=Path, help="a ZIP file; a name without an ending becomes a folder"
        )
        parser.add_argument("--profile", choices=PROFILES, default=Export.Profile.FULL)
        parser.add_argument(
            "--case", action="append", default=[], help="a case of a subset, by id or reference; repeatable"
        )
        parser.add_argument(
            "--wait", type=float, default=WAIT_SECONDS, help="seconds to wait for the sealer (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        project = Project.objects.select_related("log").filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        check_place(options["out"])
        try:
            export = request_export(
                acting=machine(Request(tool="manage.py export_bundle")),
                project=project,
                profile=options["profile"],
                cases=_cases(project, options["case"]),
            )
            wait_for_seal(export, options["wait"])
            pack_there(export, options["out"])
        except InvalidInput as refusal:
            raise CommandError(" ".join(f["message"] for f in refusal.extra["faults"])) from None
        except DomainError as refusal:
            raise CommandError(refusal.detail) from None
        self.tell(Export.objects.get(pk=export.pk), options["out"])

    def tell(self, export: Export, out: Path) -> None:
        """What came of it."""
        if export.state == Export.State.FAILED:
            raise CommandError(f"{export.fault_code}: {export.fault}")
        digest = f", sha256:{export.sha256}, {export.size} bytes" if export.sha256 else ""
        self.stdout.write(f"{out}: {export.profile}, {export.leaves} events{digest}")


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
        cwd=Path(__file__).resolve().parents[3], env=environment, capture_output=True, text=True, check=False,
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


def _cases(project: Project, names: list[str]) -> list[UUID] | None:
    if not names:
        return None
    known = dict(
        Case.objects.filter(project=project, external_ref__in=names).values_list("external_ref", "pk")
    )
    return [known[name] if name in known else _id(name) for name in names]


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        raise CommandError(f"There is no case {name} in this project.") from None
