"""Stops every embedded server whose home lies in a folder: python -m config.stop .consilium."""

import sys
from pathlib import Path

from config import embedded


def main(folder: Path) -> None:
    """Stop the servers of the folder itself and of the homes inside it."""
    for run in [folder / "run", *folder.glob("*/run")]:
        if run.is_dir():
            embedded.stop(run.parent)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else ".consilium"))
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
