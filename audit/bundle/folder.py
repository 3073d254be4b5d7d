"""A bag as a plain folder, for whoever wants to look into it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .archive import Output


class Folder:
    """Takes members as files below a folder, which must not hold anything yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise FileExistsError(f"{root} is not empty.")

    def add(self, path: str, data: bytes) -> None:
        """Write a member whose bytes are at hand."""
        with self.stream(path) as file:
            file.write(data)

    @contextmanager
    def stream(self, path: str) -> Iterator[Output]:
        """Write a member piece by piece."""
        where = self._root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("xb") as file:
            yield file

    def close(self) -> None:
        """Nothing is left to do."""
