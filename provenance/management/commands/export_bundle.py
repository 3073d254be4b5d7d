"""`manage.py export_bundle PROJECT --out PATH`: a bundle that an auditor can check alone."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.log import Request
from provenance.exporting import request_export
from provenance.management.packed import add_place, check_place, digest_of, written
from provenance.models import Export
from workflow.acting import machine
from workflow.management.about import project_named, refusals_told
from workflow.models import Case, Project

PROFILES = [name for name in Export.Profile.values if name != Export.Profile.LABELS]


class Command(BaseCommand):
    """Records the export in the log, waits for the sealer to sign it, and packs the bundle."""

    help = "Export a project's provenance as a BagIt bag with everything that is needed to check it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, place, profile."""
        add_place(parser)
        parser.add_argument("--profile", choices=PROFILES, default=Export.Profile.FULL)
        parser.add_argument(
            "--case", action="append", default=[], help="a case of a subset, by id or reference; repeatable"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        project = project_named(options["project"])
        check_place(options["out"])
        with refusals_told():
            export = request_export(
                acting=machine(Request(tool="manage.py export_bundle")),
                project=project,
                profile=options["profile"],
                cases=_cases(project, options["case"]),
            )
            done = written(export, options["out"], options["wait"])
        self.stdout.write(f"{options['out']}: {done.profile}, {done.leaves} events{digest_of(done)}")


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
