"""`manage.py publish_checkpoint PROJECT`: bring the newest signed head to a folder, an address or a mailbox."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.proofs import head_of
from provenance.publishing import NotPublished, to_folder, to_mail, to_url
from workflow.errors import DomainError
from workflow.management.about import add_project, project_named


class Command(BaseCommand):
    help = "Keep the newest signed head outside this service; without a place it is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        add_project(parser)
        parser.add_argument(
            "--folder", type=Path, help="a folder on other storage, best one that is written once"
        )
        parser.add_argument("--url", help="an https address that takes a POST of text/plain")
        parser.add_argument("--mail", help="a mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        try:
            head = head_of(project)
            if options["folder"]:
                self.stderr.write(f"Kept in {to_folder(head, options['folder'])}.")
            if options["url"]:
                to_url(head, options["url"])
                self.stderr.write(f"Sent to {options['url']}.")
            if options["mail"]:
                to_mail(head, options["mail"])
                self.stderr.write(f"Mailed to {options['mail']}.")
        except (DomainError, NotPublished) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(head.note, ending="")
