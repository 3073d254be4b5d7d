"""`manage.py export_labels PROJECT --out PATH`: the reference labels as DICOM SR and SEG, NIfTI and COCO."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.log import Request
from provenance.exporting import request_export
from provenance.labels_out.formats import FORMATS
from provenance.models import Export
from workflow.acting import machine
from workflow.errors import DomainError
from workflow.models import Project

from .export_bundle import WAIT_SECONDS, check_place, pack_there, wait_for_seal


class Command(BaseCommand):
    """Records the export in the log, waits for the sealer to sign it, and writes the labels that it covers."""

    help = "Write a project's reference labels in formats that other software reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, place, formats."""
        parser.add_argument("project", help="the project's slug, such as lung-nodules")
        parser.add_argument(
            "--out", required=True, type=Path, help="a ZIP file; a name without an ending becomes a folder"
        )
        parser.add_argument(
            "--format",
            type=formats,
            default=sorted(FORMATS),
            help=f"{', '.join(FORMATS)} or all, joined by commas",
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
        begun = time.monotonic()
        try:
            export = request_export(
                acting=machine(Request(tool="manage.py export_labels")),
                project=project,
                profile=Export.Profile.LABELS,
                formats=options["format"],
            )
            wait_for_seal(export, options["wait"])
            pack_there(export, options["out"])
        except DomainError as refusal:
            raise CommandError(refusal.detail) from None
        self.tell(Export.objects.get(pk=export.pk), options["out"], time.monotonic() - begun)

    def tell(self, export: Export, out: Path, seconds: float) -> None:
        """What came of it."""
        if export.state == Export.State.FAILED:
            raise CommandError(f"{export.fault_code}: {export.fault}")
        digest = f", sha256:{export.sha256}, {export.size} bytes" if export.sha256 else ""
        self.stdout.write(f"{out}: {', '.join(export.formats or ())}{digest}, in {seconds:.1f} s")


def formats(text: str) -> list[str]:
    """The formats that a list names; `all` is every one."""
    named = {one.strip() for one in text.split(",") if one.strip()}
    if "all" in named:
        return sorted(FORMATS)
    if not named or named - FORMATS.keys():
        raise ArgumentTypeError(f"choose among {', '.join(FORMATS)} and all")
    return sorted(named)
