"""What every bench is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .figures import Figure
from .scales import Scale
from .servers import Database, Servers


@dataclass(frozen=True)
class Bench:
    """One run: where, how much, how often, and a folder for files that are removed afterwards.

    pictures: a folder for pictures that stay; None draws none.
    """

    servers: Servers
    scale: Scale
    rounds: int
    folder: Path
    say: Callable[[str], None]
    pictures: Path | None = None

    def fill(self, database: Database, events: int) -> None:
        """Put about that many events of copied case histories into a new database, sealed and signed."""
        self.say(f"filling a log with {events:,} events")
        database.allow_histories_alone()
        database.run("filling", self.scale.cases, events)
        self.say("sealing it")
        database.run("sealing", "ours", role="sealer")
        database.analyze()


Measure = Callable[[Bench], list[Figure]]
