"""Decide the cases of a file: python -m workflow.consensus CASES.json prints the decisions as JSON."""

import json
import sys
from pathlib import Path

from workflow.consensus.casefile import decisions

USAGE = "usage: python -m workflow.consensus CASES.json"


def main(arguments: list[str]) -> int:
    """Print the decisions; 0 when done, 2 when the file cannot be read as cases."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        decided = decisions(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"Not a file of decision cases: {error!r}", file=sys.stderr)
        return 2
    print(json.dumps(decided, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
