"""`manage.py recover_log PROJECT --checkpoint FILE --reason …`: go on after a restore that lost sealed events."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from workflow.management.epochs import EpochCommand


class Command(EpochCommand):
    """Opens the next epoch, and records in it which signed events the database lost."""

    help = (
        "Say in a new epoch what a restored database lacks of a signed head: the gap stays visible for ever."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """And the head."""
        super().add_arguments(parser)
        parser.add_argument(
            "--checkpoint", required=True, type=Path, help="the newest signed head that anybody kept"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Recover."""
        path: Path = options["checkpoint"]
        try:
            note = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise CommandError(f"{path} can't be read as a signed head.") from None
        entry = self.carry_on(options["project"], options["reason"], options["wait"], note)
        self.stdout.write(f"What was lost is recorded, and the next epoch is open: event {entry.event_id}.")
