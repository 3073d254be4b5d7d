"""`manage.py demo`: the demonstration study through all four tiers, a table, and the service left running."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.env import SettingsError, env_bool, env_int
from config.local import prepare
from config.serving import Processes, port_from_environment
from demo import bundle, table
from demo.accounts import users, write_sign_ins
from demo.leftovers import leave_some_open
from demo.lidc import cases, spare_cases
from demo.scans import register_with_phantoms, send_assorted, wait_for
from demo.study import Study, carry_through, open_study, register_all
from workflow.checking import check_log
from workflow.models import Case

# Cases of the study that get a drawn series, beside those that are left open; the environment may say others.
PHANTOMS = 6


class Command(BaseCommand):
    help = "Carry the demonstration study through all tiers, then serve it (SERVE=0, PORT, CASES, CONSILIUM_HOME)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demonstration brings known sign-ins and invented people: never with DEBUG=0."
            )
        try:
            self.run()
        except SettingsError as error:
            raise CommandError(str(error)) from None

    def run(self) -> None:
        goes_on = env_bool("SERVE", True)
        port = port_from_environment() if goes_on else 0
        limit = env_int("CASES", 236, least=1, most=236)
        environments = prepare(self.say)
        self.seconds: dict[str, str] = {}
        with Processes(settings.HOME, environments.service) as processes:
            if environments.sealer is not None:
                processes.start_sealer(environments.sealer)
            processes.start_jobs()
            sign_ins = self.show(limit, is_sealed=environments.sealer is not None)
            if goes_on:
                processes.start_web(port)
                self.announce(sign_ins, port)
                raise SystemExit(processes.wait())

    def show(self, limit: int, *, is_sealed: bool) -> dict[str, dict[str, str]]:
        started = time.monotonic()
        study = self.carry(limit)
        folder = Path(settings.HOME) / "demo"
        sign_ins = write_sign_ins(folder / "accounts.json", users())
        numbers = self.checked(study)
        if is_sealed:
            numbers["bundle"] = self.proved(study, folder / f"{study.project.slug}.zip")
        self.seconds["in all"] = f"{time.monotonic() - started:.1f}"
        (folder / "summary.json").write_text(json.dumps(numbers, indent=2))
        self.stdout.write("\n" + "\n".join(table.lines(numbers)))
        return sign_ins

    def carry(self, limit: int) -> Study:
        chosen = cases(limit)
        study: Study = self.timed("opening the study", lambda: open_study(users(), chosen))
        ready = Case.objects.filter(project=study.project, external_ref=spare_cases()[0].external_ref)
        real = send_assorted(users()["manager"], self.progress)  # taken in by the worker meanwhile
        if not ready.exists():
            pictured = chosen[: env_int("PHANTOMS", PHANTOMS, least=0, most=236)]
            self.timed("images", lambda: register_with_phantoms(study, pictured, self.progress))
            self.timed("registering cases", lambda: register_all(study, chosen, self.progress))
            self.timed("four tiers", lambda: carry_through(study, self.progress))
            self.timed("leaving some open", lambda: leave_some_open(study, self.progress, images=True))
        self.timed("real files", lambda: wait_for(real, self.progress))
        return study

    def proved(self, study: Study, out: Path) -> dict[str, Any]:
        made: dict[str, Any] = self.timed("exporting the bundle", lambda: bundle.export(study.project, out))
        return {**made, **self.timed("verifying it apart", lambda: bundle.check(study.project, out))}

    def checked(self, study: Study) -> dict[str, Any]:
        faults = self.timed("checking the log", lambda: check_log(study.project))
        numbers = table.summary(study.project)
        numbers["log_check"] = "log check: valid" if not faults else f"log check: {len(faults)} FAULTS"
        numbers["seconds"] = self.seconds
        if faults:
            raise CommandError(f"The log does not hold: {faults[0]}")
        return numbers

    def timed(self, name: str, do: Any) -> Any:
        self.say(f"{name.capitalize()} …")
        start = time.monotonic()
        result = do()
        self.seconds[name] = f"{time.monotonic() - start:.1f}"
        if sys.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        return result

    def progress(self, name: str, done: int, of: int) -> None:
        if sys.stdout.isatty():
            bar = "#" * (30 * done // max(of, 1))
            self.stdout.write(f"\r\033[K  [{bar:<30}] {done}/{of} {name}", ending="")
            self.stdout.flush()

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def announce(self, sign_ins: dict[str, dict[str, str]], port: int) -> None:
        self.say(f"\nSign in at http://localhost:{port}/ (all people are invented):")
        for key, entry in sign_ins.items():
            self.say(f"  {key:<20}{entry['password']}")
        self.say("API tokens are in .consilium/demo/accounts.json. Ctrl-C stops the service.")
