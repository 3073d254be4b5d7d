"""`manage.py check_log PROJECT`: does the project's log still say what was written, and do its cases agree?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from workflow.checking import log_check
from workflow.management.about import add_project, project_named


class Command(BaseCommand):
    """Prints what was checked and `valid`, or each fault with its code; exit status 1 if there is one."""

    help = "Check a project's log: chains, contents, openings, and the heads of its cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project's slug."""
        add_project(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the check."""
        project = project_named(options["project"])
        done = log_check(project)
        cited = done.citations
        counts = f"{done.events} events in {done.streams} streams, {cited.contents} contents, {cited.openings} openings"
        for fault in done.faults:
            self.stdout.write(str(fault))
        self.stdout.write(f"{counts}: {f'{len(done.faults)} faults' if done.faults else 'valid'}")
        if done.faults:
            raise SystemExit(1)
