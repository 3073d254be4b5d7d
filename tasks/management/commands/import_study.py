"""`manage.py import_study PROJECT PATH…`: DICOM files, folders and ZIP files become cases of a project."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from audit.log import Request
from tasks.importing.processing import take_in
from tasks.importing.queries import files_of, progress_of, rows_of
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.images.receiving import open_import, receive_paths, submit_import
from workflow.models import ImportBatch, ImportFile, ImportRow, Membership, Role

_SKIPPED: Final = frozenset({"DICOMDIR", ".DS_Store", "Thumbs.db"})


class Command(BaseCommand):
    """Takes in files as the upload page does, in this process, and says what became of each."""

    help = "Take DICOM files, folders or ZIP files in; with --manifest, as the cases that it names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, paths, how they become cases."""
        parser.add_argument("project", help="the project's slug, such as lung-nodules")
        parser.add_argument("paths", nargs="+", type=Path, help="files, folders, ZIP files")
        parser.add_argument("--manifest", type=Path, help="a CSV file with a row for each case")
        parser.add_argument("--unit", choices=ImportBatch.Unit.values, default=ImportBatch.Unit.STUDY)
        parser.add_argument("--split", default="", help="train, tune or test, where the manifest doesn't say")
        parser.add_argument(
            "--as", dest="username", default="", help="the manager who imports (needed if several)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import."""
        files = list(_files(options["paths"]))
        acting = _manager(options["project"], options["username"])
        manifest = _text(options["manifest"]) if options["manifest"] else ""
        try:
            batch = open_import(
                acting=acting,
                project=acting.person().project,
                unit=options["unit"],
                split=options["split"],
                manifest=manifest,
            )
            receive_paths(acting=acting, batch=batch, paths=files, say=partial(self.say, "received"))
            submit_import(acting=acting, batch=batch)
            take_in(batch.pk, self.say)
        except DomainError as refusal:
            raise CommandError(_sentences(refusal)) from None
        self.tell(batch, files)

    def say(self, what: str, done: int, of: int) -> None:
        """Progress: on a terminal in place, elsewhere each tenth."""
        if sys.stdout.isatty():
            self.stdout.write(f"\r{what}: {done:,} of {of:,}", ending="\n" if done == of else "")
            self.stdout.flush()
        elif done == of or (of >= 10 and done % (of // 10) == 0):
            self.stdout.write(f"{what}: {done:,} of {of:,}")

    def tell(self, batch: ImportBatch, files: list[Path]) -> None:
        """What became of each file and case; only here do numbers have names again."""
        for file in files_of(batch).exclude(state__in=[ImportFile.State.ACCEPTED, ImportFile.State.OPENED]):
            inside = f", member {file.member}" if file.member else ""
            self.stdout.write(f"{files[file.number - 1]}{inside}: {file.state}: {file.sentence}")
        for row in rows_of(batch).filter(result=ImportRow.Result.REFUSED):
            why = " ".join(one["message"] for one in row.faults)
            self.stdout.write(f"{row.external_ref}: refused: {why}")
        found = progress_of(batch)
        counts = ", ".join(f"{number:,} {state}" for state, number in sorted(found.files.items()))
        cases = ", ".join(f"{number:,} {result}" for result, number in sorted(found.rows.items()))
        self.stdout.write(f"Import {batch.pk}: files: {counts}; cases: {cases or 'none'}.")
        if found.at_gate:
            self.stdout.write(f"{found.at_gate:,} cases wait at the quality gate for a manager.")


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        inside = (
            sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
            if path.is_dir()
            else [path]
        )
        yield from (one for one in inside if one.name not in _SKIPPED and one.stat().st_size)


def _manager(slug: str, username: str) -> Acting:
    found = Membership.objects.select_related("project__log", "user").filter(
        project__slug=slug, roles__contains=[Role.MANAGER], status=Membership.Status.ACTIVE
    )
    managers = list(found.filter(user__username=username) if username else found.order_by("pk"))
    if not managers:
        raise CommandError(f"There is no project {slug} with such a manager.")
    if len(managers) > 1:
        raise CommandError(f"The project {slug} has several managers: say who imports with --as.")
    return Acting(managers[0], Role.MANAGER, Request(tool="manage.py import_study"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{path} can't be read as UTF-8 text.") from None


def _sentences(refusal: DomainError) -> str:
    faults = refusal.extra.get("faults") or []
    return os.linesep.join(one["message"] for one in faults) or refusal.detail
