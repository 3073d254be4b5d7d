"""`manage.py rotate_log_key PROJECT --new VKEY`: record that another key signs a project's log from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.log import Request
from workflow.acting import machine
from workflow.errors import DomainError, InvalidInput
from workflow.models import Project
from workflow.rotating import rotate_log_key


class Command(BaseCommand):
    """Writes one event; the sealer, which must hold both keys, does the rest."""

    help = "Record a rotation of the log key. Give the sealer the new key and the old one first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project and the new key."""
        parser.add_argument("project", help="the project's slug, such as lung-nodules")
        parser.add_argument(
            "--new", required=True, help="the new public key, as `manage.py log_key` prints it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Record."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            acting = machine(Request(tool="manage.py rotate_log_key"))
            entry = rotate_log_key(acting=acting, project=project, new=options["new"])
        except InvalidInput as refusal:
            raise CommandError(" ".join(f["message"] for f in refusal.extra["faults"])) from None
        except DomainError as refusal:
            raise CommandError(refusal.detail) from None
        self.stdout.write(
            f"Recorded as event {entry.event_id}: heads that cover it are signed by the new key."
        )
