"""Reads the header of a DICOM file that may be hostile; the pixels stay in the file."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from .kinds import refuse_by_kind, refuse_by_size, text
from .limits import Limits
from .parsing import PixelElement, parse
from .refusals import Refused


@dataclass(frozen=True)
class Opened:
    """An open file: its header, and where its pixel element lies in `file`, which may be an unpacked copy."""

    dataset: FileDataset
    pixels: PixelElement
    file: BinaryIO

    @property
    def transfer_syntax(self) -> str:
        """The UID of the transfer syntax in which the sender wrote it."""
        return str(self.dataset.file_meta.TransferSyntaxUID)


def read(path: Path, limits: Limits) -> FileDataset:
    """The header of a file without its pixel element; raises Refused."""
    with opened(path, limits) as there:
        return there.dataset


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Opened]:
    """A file that is an image which is taken in, open until the end of the block; raises Refused."""
    size = path.stat().st_size
    if not size:
        raise Refused("empty")
    if size > limits.file_bytes:
        raise Refused("too_large")
    with path.open("rb") as raw, warnings.catch_warnings():
        # What pydicom warns of, it mends; and a warning may quote the file.
        warnings.simplefilter("ignore")
        dataset, pixels, file = parse(raw, limits)
        try:
            _check(dataset, pixels, limits)
            yield Opened(dataset, pixels, file)
        except Refused as refused:
            refused.series = text(dataset, "SeriesInstanceUID")
            raise
        finally:
            file.close()


def _check(dataset: FileDataset, pixels: PixelElement, limits: Limits) -> None:
    try:
        settle(dataset, limits.nesting)
    except RecursionError:
        raise Refused("corrupt") from None
    refuse_by_kind(dataset, pixels)
    refuse_by_size(dataset, limits)
    if not text(dataset, "SOPInstanceUID"):
        named = text(dataset.file_meta, "MediaStorageSOPInstanceUID")
        if not named:
            raise Refused("missing_uid")
        dataset.SOPInstanceUID = named


def settle(dataset: Dataset, nesting: int) -> None:
    """Read every element, in sequences too, and drop those whose value can't be understood.

    An element that nobody can read can't be de-identified either. Raises Refused when sequences lie deeper
    in each other than `nesting`.
    """
    if nesting < 0:
        raise Refused("corrupt")
    for tag in list(dataset.keys()):
        try:
            value = dataset[tag].value
        except (Refused, MemoryError, RecursionError):
            raise
        except Exception:
            del dataset[tag]
            continue
        if isinstance(value, Sequence):
            for item in value:
                settle(item, nesting - 1)
