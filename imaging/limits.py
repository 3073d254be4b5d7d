"""How much is taken in: sizes, counts, seconds and memory."""

from dataclasses import asdict, dataclass
from typing import Self

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """The ceilings of one file and of one archive.

    file_bytes, header_bytes: of a file, and of all of it but its pixels. frames: of a file; frame_pixels: rows ×
    columns; nesting: of sequences. archive_ratio: bytes unpacked by bytes packed; archive_bytes: unpacked in all.
    stored_bytes: of the stored file. seconds: of the clock and of the processor, for a small file; memory_bytes:
    beyond what the worker needs before its first file.
    """

    file_bytes: int = 2 * GIB
    header_bytes: int = 64 * MIB
    nesting: int = 32
    files: int = 100_000
    frames: int = 20_000
    frame_pixels: int = 100_000_000
    archive_ratio: int = 200
    archive_bytes: int = 64 * GIB
    stored_bytes: int = 8 * GIB
    seconds: int = 120
    memory_bytes: int = 2 * GIB

    def seconds_for(self, size: int) -> int:
        """How long a file of so many bytes may take: what each may, and a second more for each 4 MiB."""
        return self.seconds + size // (4 * MIB)

    def to_json(self) -> dict[str, int]:
        """As JSON: one number per name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, int]) -> Self:
        """The same again."""
        return cls(**document)
