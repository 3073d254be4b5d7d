"""`manage.py log_key PATH`: make a log key, or tell the public keys that follow from one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.keys import FileSigner, KeyProblem, make_key
from audit.models import Log
from audit.notes import NoteError, vkey


class Command(BaseCommand):
    """Prints one vkey per line: of each log in the database, or of the origins that are named."""

    help = "Make a log key with --new (an existing file is never overwritten), and print its public keys."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The key's file, and for which logs."""
        parser.add_argument("path", type=Path, help="the file with the private key, mode 0400")
        parser.add_argument("--new", action="store_true", help="make the key first")
        parser.add_argument("--log", action="append", default=[], help="a log's origin; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, then print."""
        path: Path = options["path"]
        try:
            if options["new"]:
                make_key(path)
            public = FileSigner(path).public_key
            for origin in options["log"] or Log.objects.order_by("origin").values_list("origin", flat=True):
                self.stdout.write(vkey(origin, public))
        except FileExistsError:
            raise CommandError(f"{path} exists already, and no key is ever overwritten.") from None
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from None
        except (KeyProblem, NoteError) as error:
            raise CommandError(str(error)) from None
