"""`manage.py bench NAME… --json OUT`: measurements beside named baselines, on servers of their own."""

import json
import os
import platform
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bench.bench import Bench
from bench.figures import Figure, lines
from bench.registry import BENCHES
from bench.scales import SCALES
from bench.servers import BenchFailed, Servers


class Command(BaseCommand):
    help = "Measure beside the named baselines; the goals that are not met don't make it fail."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHES)}; all if none is named"
        )
        parser.add_argument("--json", type=Path, metavar="OUT", help="a file for the figures")
        parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="where pictures go, if any")
        parser.add_argument("--rounds", type=int, default=3, help="of ours and of the baseline (%(default)s)")
        parser.add_argument(
            "--scale", choices=SCALES, default="full", help="small only shows that all still runs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure."""
        if not settings.DEBUG:
            raise CommandError("The benches start servers of their own: never with DEBUG=0.")
        names = list(dict.fromkeys(options["names"])) or list(BENCHES)
        if unknown := [name for name in names if name not in BENCHES]:
            raise CommandError(f"There is no bench {unknown[0]}: choose from {', '.join(BENCHES)}.")
        if options["rounds"] < 1:
            raise CommandError("At least one round is needed.")
        try:
            figures = self.measure(names, options["scale"], options["rounds"], options["pictures"])
        except BenchFailed as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write("\n" + "\n".join(lines(figures)))
        if options["json"]:
            options["json"].write_text(json.dumps(_told(figures, options), indent=1) + "\n")

    def measure(
        self, names: Sequence[str], scale: str, rounds: int, pictures: Path | None = None
    ) -> list[Figure]:
        """Every figure of the benches named."""
        home = settings.HOME / "bench"
        servers = Servers(home, self.say)
        figures: list[Figure] = []
        with tempfile.TemporaryDirectory(dir=home) as folder:
            for name in names:
                start = time.monotonic()
                bench = Bench(servers, SCALES[scale], rounds, Path(folder), self.say, pictures)
                figures += BENCHES[name](bench)
                self.say(f"{name}: measured in {time.monotonic() - start:.0f} s")
        return figures

    def say(self, line: str) -> None:
        """How far it is."""
        self.stdout.write(line)
        self.stdout.flush()


def _told(figures: Sequence[Figure], options: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "consilium/bench/v1",
        "scale": options["scale"],
        "rounds": options["rounds"],
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "figures": [figure.as_dict() for figure in figures],
    }
