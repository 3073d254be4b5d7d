"""A sealer of a test's own, and its round under its own role."""

from pathlib import Path

from audit.keys import FileSigner, make_key
from audit.models import Log
from audit.sealing import Sealer
from tests.databases import TestDatabases
from tests.roles import acting_as_role


def a_sealer(folder: Path) -> Sealer:
    """A sealer with a new key, and its records beside it."""
    make_key(folder / "log.key")
    return Sealer(FileSigner(folder / "log.key"), folder / "records")


def seal_all(sealer: Sealer, databases: TestDatabases) -> Log:
    """Seal and sign every log as the sealer's own role; the newest of them."""
    with acting_as_role(databases, "sealer"):
        for log in Log.objects.order_by("pk"):
            while sealer.seal(log):
                pass
            sealer.publish(log)
    return Log.objects.latest("pk")
