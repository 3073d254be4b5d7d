"""`manage.py open_epoch PROJECT --reason …`: go on in a new log, after the log key was stolen or lost."""

from typing import Any

from workflow.management.epochs import EpochCommand


class Command(EpochCommand):
    """Freezes the present log, and opens the next one with a first event that states the whole of it."""

    help = "Freeze a project's log and go on in its next epoch. Until this is done nobody can work in the project."

    def handle(self, *args: Any, **options: Any) -> None:
        """Open."""
        entry = self.carry_on(options["project"], options["reason"], options["wait"])
        self.stdout.write(f"The next epoch is open: event {entry.event_id}.")
