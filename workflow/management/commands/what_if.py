"""`manage.py what_if PROJECT`: what other designs would have needed and given on the project's own reads."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from workflow.management.about import add_project, project_named, refusals_told
from workflow.measuring.designs import WHAT_IF

FIGURES: tuple[tuple[str, str, int], ...] = (
    ("reads_per_case", "reads/case", 1),
    ("escalated", "escalated %", 100),
    ("arbitrated", "arbitrated %", 100),
    ("hours", "hours", 1),
    ("agreement_final", "with arbiter %", 100),
)


class Command(BaseCommand):
    """Prints a table, or one JSON object; every figure with its 95 % interval over patients."""

    help = "Estimate what other designs would have needed and given on a project's reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project's slug, the protocol version whose rules count, minutes, and where JSON goes."""
        add_project(parser)
        parser.add_argument(
            "--protocol", type=int, help="a protocol version, a draft too; else the one in force"
        )
        for tier in ("read", "review", "arbitration"):
            parser.add_argument(f"--minutes-{tier}", type=float, help="else as measured in the project")
        parser.add_argument("--json", metavar="OUT", help="write JSON here; - is stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Estimate."""
        project = project_named(options["project"])
        names = ("protocol", "minutes_read", "minutes_review", "minutes_arbitration")
        conditions = {name: options[name] for name in names if options[name] is not None}
        with refusals_told():
            found = WHAT_IF.document(project, conditions)
        if options["json"] is None:
            self.stdout.write("\n".join(lines(found)))
        elif options["json"] == "-":
            self.stdout.write(json.dumps(found, indent=1))
        else:
            with open(options["json"], "w", encoding="utf-8") as out:
                json.dump(found, out, indent=1)


def lines(found: dict[str, Any]) -> list[str]:
    """The designs as a table of text."""
    head = f"{'design':<18}" + "".join(f"{words:>26}" for _, words, _ in FIGURES)
    return [f"{found['cases']} cases of {found['patients']} patients, under protocol version {found['protocol']}", head,
            *(_line(one) for one in found["designs"]), "", *(f"- {note}" for note in found["notes"])]  # fmt: skip


def _line(one: dict[str, Any]) -> str:
    cells = (_cell(one[name], times) for name, _, times in FIGURES)
    reason = next((one[name]["reason"] for name, _, _ in FIGURES if one[name]["reason"]), "")
    row = f"{one['design']['name']:<18}" + "".join(f"{cell:>26}" for cell in cells)
    return f"{row}\n{'':<18}  ({reason})" if reason else row


def _cell(figure: dict[str, Any], times: int) -> str:
    if figure["value"] is None:
        return "-"
    ends = figure["ci95"]
    between = f" [{ends[0] * times:.2f}, {ends[1] * times:.2f}]" if ends else ""
    return f"{figure['value'] * times:.2f}{between}"
