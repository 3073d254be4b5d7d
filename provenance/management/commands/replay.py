"""`manage.py replay PROJECT`: do the tables say what the log tells, case by case?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from provenance.replay import replay
from workflow.management.about import add_project, project_named


class Command(BaseCommand):
    """Prints each difference with its code, and what was looked at; exit status 1 if there is a difference."""

    help = "Rebuild every case from the project's log alone and compare it with the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project's slug."""
        add_project(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay."""
        project = project_named(options["project"])
        done = replay(project)
        for difference in done.differences:
            self.stdout.write(str(difference))
        gone = f", {done.unknown} facts can't be told because their content is gone" if done.unknown else ""
        said = f"{len(done.differences)} differences" if done.differences else "the tables say the same"
        self.stdout.write(f"{done.cases} cases and {done.rows} rows of them rebuilt{gone}: {said}")
        if done.differences:
            raise SystemExit(1)
