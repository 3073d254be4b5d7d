"""`manage.py export_labels PROJECT --out PATH`: the reference labels as DICOM SR and SEG, NIfTI and COCO."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from audit.log import Request
from provenance.exporting import request_export
from provenance.labels_out.formats import FORMATS
from provenance.management.packed import add_place, check_place, digest_of, written
from provenance.models import Export
from workflow.acting import machine
from workflow.management.about import project_named, refusals_told


class Command(BaseCommand):
    """Records the export in the log, waits for the sealer to sign it, and writes the labels that it covers."""

    help = "Write a project's reference labels in formats that other software reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, place, formats."""
        add_place(parser)
        parser.add_argument(
            "--format",
            type=formats,
            default=sorted(FORMATS),
            help=f"{', '.join(FORMATS)} or all, joined by commas",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        project = project_named(options["project"])
        check_place(options["out"])
        begun = time.monotonic()
        with refusals_told():
            export = request_export(
                acting=machine(Request(tool="manage.py export_labels")),
                project=project,
                profile=Export.Profile.LABELS,
                formats=options["format"],
            )
            done = written(export, options["out"], options["wait"])
        seconds = time.monotonic() - begun
        told = f"{options['out']}: {', '.join(done.formats or ())}{digest_of(done)}, in {seconds:.1f} s"
        self.stdout.write(told)


def formats(text: str) -> list[str]:
    """The formats that a list names; `all` is every one."""
    named = {one.strip() for one in text.split(",") if one.strip()}
    if "all" in named:
        return sorted(FORMATS)
    if not named or named - FORMATS.keys():
        raise ArgumentTypeError(f"choose among {', '.join(FORMATS)} and all")
    return sorted(named)
