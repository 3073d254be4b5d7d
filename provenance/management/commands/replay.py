"""`manage.py replay PROJECT`: do the tables say what the log tells, case by case?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from provenance.replay import replay
from workflow.models import Project


class Command(BaseCommand):
    """Prints each difference with its code, and what was looked at; exit status 1 if there is a difference."""

    help = "Rebuild every case from the project's log alone and compare it with the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project's slug."""
        parser.add_argument("project", help="the project's slug, such as lung-nodules")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        done = replay(project)
        for difference in done.differences:
            self.stdout.write(str(difference))
        gone = f", {done.unknown} facts can't be told because their content is gone" if done.unknown else ""
        said = f"{len(done.differences)} differences" if done.differences else "the tables say the same"
        self.stdout.write(f"{done.cases} cases and {done.rows} rows of them rebuilt{gone}: {said}")
        if done.differences:
            raise SystemExit(1)
