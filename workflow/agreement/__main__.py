"""Agreement of a table: python -m workflow.agreement TABLE.csv --level LEVEL prints the coefficients as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from workflow.agreement.csvtable import number, read_csv
from workflow.agreement.distances import LEVELS
from workflow.agreement.ordering import ordered
from workflow.agreement.resampling import Resampling
from workflow.agreement.summary import as_json, estimates


class Parser(argparse.ArgumentParser):
    """Faults as one sentence and exit 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end."""
        print(f"{message[:1].upper()}{message[1:]}.", file=sys.stderr)
        sys.exit(2)


def parser() -> Parser:
    """What may be asked for."""
    made = Parser(prog="python -m workflow.agreement", description=__doc__)
    made.add_argument(
        "table", help="CSV: rows are cases, columns are readers, blank is missing; - reads it from stdin"
    )
    made.add_argument("--level", required=True, choices=LEVELS)
    made.add_argument(
        "--weights", choices=("linear", "quadratic"), help="for the kappas and AC2; values must be numbers"
    )
    made.add_argument(
        "--categories", help="the whole scale, comma-separated: AC1 and AC2 depend on unused categories too"
    )
    made.add_argument(
        "--header", choices=("auto", "yes", "no"), default="auto", help="whether row 1 names the readers"
    )
    made.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    made.add_argument("--seed", type=int, default=1, help="of the bootstrap")
    made.add_argument("--json", default="-", metavar="OUT", help="where to write; - is stdout")
    return made


def main(arguments: list[str]) -> int:
    """Write the coefficients; 0 when done, 2 with one sentence when the input cannot be used."""
    asked = parser().parse_args(arguments)
    try:
        out = json.dumps(answer(asked), indent=1, allow_nan=False)
        if asked.json == "-":
            print(out)
        else:
            Path(asked.json).write_text(out + "\n", encoding="utf-8")
    except UnicodeDecodeError:
        print("This is not a table: it is not UTF-8 text.", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or asked.table}: {error.strerror}.", file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def answer(asked: argparse.Namespace) -> dict[str, object]:
    """The coefficients of the table asked for; ValueError, as one sentence, if it is none."""
    data = sys.stdin.buffer.read() if asked.table == "-" else Path(asked.table).read_bytes()
    ordered_text = asked.categories is not None and asked.level in ("nominal", "ordinal")
    numbers = not ordered_text and (asked.level != "nominal" or asked.weights is not None)
    read = read_csv(data.decode("utf-8-sig"), numbers, asked.header)
    if asked.draws < 1 or asked.seed < 0:
        raise ValueError("The bootstrap needs at least one draw and a seed of zero or more.")
    table = read.table(scale(asked.categories, numbers))
    if asked.level == "ratio" and any(value < 0 for value in table.categories if isinstance(value, float)):
        raise ValueError("At the ratio level values are zero or more, and one is negative.")
    table, patients = ordered(table, read.patients)
    how = Resampling(asked.draws, asked.seed, patients)
    found = as_json(table, estimates(table, asked.level, asked.weights, how))
    settings = {
        "level": asked.level,
        "weights": asked.weights,
        "readers": read.readers,
        "header": read.header,
    }
    return found | settings


def scale(text: str | None, numbers: bool) -> list[str | float] | None:
    """The categories of the scale, in their order; None when they are to be taken from the reads."""
    if text is None:
        return None
    cells = [cell.strip() for cell in text.split(",")]
    found = [number(cell) for cell in cells]
    if None not in found:
        return [value for value in found if value is not None]
    if numbers:
        raise ValueError("At this level every category is a number.")
    return list(cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
