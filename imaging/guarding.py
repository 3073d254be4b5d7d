"""A file that says when somebody reads beyond its end, and stops who reads too much of it."""

import os
from typing import BinaryIO

from .refusals import Refused


class Guarded:
    """What pydicom reads from, instead of the file.

    A length in the file may claim four gigabytes: a read never asks for more than is there. `cut` tells that
    somebody wanted more and did not go back since: the file ends too early. Reading more than `budget` bytes in all
    raises Refused("too_large"); None allows any number.
    """

    def __init__(self, file: BinaryIO, budget: int | None = None) -> None:
        self.file, self.budget, self.cut = file, budget, False
        self.size = os.fstat(file.fileno()).st_size
        self.position = file.tell()

    def read(self, size: int = -1) -> bytes:
        """At most that many bytes; fewer at the end of the file."""
        rest = max(0, self.size - self.position)
        wanted = rest if size < 0 else size
        # Readers look for the next element, of eight bytes, at the very end: that is no cut.
        self.cut = self.cut or (wanted > rest and not (rest == 0 and wanted == 8))
        self._spend(min(wanted, rest))
        self.file.seek(self.position)
        data = self.file.read(min(wanted, rest))
        self.position += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, which may lie beyond the end."""
        self.position = offset + (0, self.position, self.size)[whence]
        if self.position < 0:
            raise ValueError("before the file's begin")
        self.cut = self.position > self.size
        return self.position

    def tell(self) -> int:
        """The place in the file."""
        return self.position

    def _spend(self, size: int) -> None:
        if self.budget is not None:
            self.budget -= size
            if self.budget < 0:
                raise Refused("too_large")
