"""`manage.py seal`: the sealer process. It runs as consilium_sealer and is the only one that reads the log key."""

import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection

from audit.holding import SealingRefused
from audit.keys import FileSigner, KeyProblem, signer_from
from audit.models import Log
from audit.sealing import Sealer, is_frozen
from audit.waiting import AT_ONCE

PAUSE_SECONDS = 2.0
SIGN_EVERY_SECONDS = 60.0


class Command(BaseCommand):
    help = "Seal events and sign the heads (LOG_KEY_FILE or LOG_SIGNER, LOG_KEY_FILE_OLD, SEALER_RECORDS)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="seal and sign what is there, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        sealer = self.sealer()
        if options["once"]:
            done = [self.work_on(sealer, log, {}) for log in Log.objects.order_by("pk")]
            if not all(done):
                raise CommandError("A log could not be sealed.")
            return
        signed: dict[int, float] = {}
        while True:
            try:
                for log in Log.objects.order_by("pk"):
                    self.work_on(sealer, log, signed)
            except (OperationalError, InterfaceError):
                connection.close()  # the database is away; it is asked again after the pause
            self.show_life(sealer)
            time.sleep(PAUSE_SECONDS)

    def show_life(self, sealer: Sealer) -> None:
        """Leave a sign for the health check: a round is over, whatever came of it."""
        sealer.records.mkdir(parents=True, exist_ok=True)
        (sealer.records / "alive").touch()

    def sealer(self) -> Sealer:
        records = os.environ.get("SEALER_RECORDS", "")
        if not records:
            raise CommandError("SEALER_RECORDS is missing: name a folder for the last signed heads.")
        key_file, command = os.environ.get("LOG_KEY_FILE", ""), os.environ.get("LOG_SIGNER", "")
        before = os.environ.get("LOG_KEY_FILE_OLD", "")
        try:
            signer = signer_from(key_file, command, os.environ.get("LOG_PUBLIC_KEY", ""))
            old = FileSigner(Path(before)) if before else None
        except KeyProblem as error:
            raise CommandError(str(error)) from None
        return Sealer(signer, Path(records), old)

    def work_on(self, sealer: Sealer, log: Log, signed: dict[int, float]) -> bool:
        """Seal what waits, and sign if it is time; whether that could be done."""
        try:
            # Fewer than it may take were all that waited. While people work, some always wait: were those taken at
            # once, too, the head would never be signed and the writers would be slowed.
            while sealer.seal(log) >= AT_ONCE:
                pass
            due = time.monotonic() - signed.get(log.pk, -SIGN_EVERY_SECONDS) >= SIGN_EVERY_SECONDS
            if due or sealer.export_waits(log):
                sealer.publish(log)
                signed[log.pk] = time.monotonic()
        except SealingRefused as refusal:
            if is_frozen(log):  # known, and left behind by the epoch after it
                signed[log.pk] = time.monotonic()
                return True
            self.stderr.write(
                f"{refusal.code} in log {log.origin}: {refusal} Nothing is signed until it is solved."
            )
        except KeyProblem as problem:
            self.stderr.write(f"Log {log.origin} could not be signed: {problem}")
        else:
            return True
        return False
