"""`manage.py serve`: web, worker, beat and sealer with their servers, until Ctrl-C."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.env import SettingsError
from config.local import prepare
from config.serving import Processes, port_from_environment


class Command(BaseCommand):
    help = "Run the service (PORT, CONSILIUM_HOME); Ctrl-C stops it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            port = port_from_environment()
            environments = prepare(self.stdout.write)
        except SettingsError as error:
            raise CommandError(str(error)) from None
        with Processes(settings.HOME, environments.service) as processes:
            if environments.sealer is None:
                self.stdout.write("DATABASE_URL is set: run `manage.py seal` apart, as consilium_sealer.")
            else:
                processes.start_sealer(environments.sealer)
            processes.start_jobs()
            processes.start_web(port)
            self.stdout.write(f"Consilium answers on http://localhost:{port}/ (Ctrl-C stops it).")
            self.stdout.flush()
            raise SystemExit(processes.wait())
