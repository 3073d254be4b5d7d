"""`manage.py rotate_log_key PROJECT --new VKEY`: record that another key signs a project's log from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.log import Request
from workflow.acting import machine
from workflow.management.about import add_project, project_named, refusals_told
from workflow.rotating import rotate_log_key


class Command(BaseCommand):
    """Writes one event; the sealer, which must hold both keys, does the rest."""

    help = "Record a rotation of the log key. Give the sealer the new key and the old one first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project and the new key."""
        add_project(parser)
        parser.add_argument(
            "--new", required=True, help="the new public key, as `manage.py log_key` prints it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Record."""
        project = project_named(options["project"])
        with refusals_told():
            acting = machine(Request(tool="manage.py rotate_log_key"))
            entry = rotate_log_key(acting=acting, project=project, new=options["new"])
        self.stdout.write(
            f"Recorded as event {entry.event_id}: heads that cover it are signed by the new key."
        )
