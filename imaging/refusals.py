"""Why a file is not taken in: a stable code and one sentence each, never anything of the file's content."""

import errno
from typing import Final

REFUSALS: Final[dict[str, str]] = {
    "empty": "The file is empty.",
    "too_large": "The file is larger than is taken in.",
    "too_many": "There are more files or frames than are taken in at once.",
    "not_dicom": "This is not a DICOM file.",
    "truncated": "The file ends too early: it was cut off.",
    "corrupt": "The file is damaged or not written as DICOM says.",
    "encrypted": "The file is encrypted: send it without encryption.",
    "no_pixels": "The file holds no image.",
    "bad_pixels": "What the header says of the pixels can't be right.",
    "undecodable": "The pixels can't be decoded.",
    "pixels_truncated": "The pixel data ends too early.",
    "not_yet_whole_slide": "Whole-slide images are not taken in yet.",
    "not_yet_ecg": "ECGs and other waveforms are not taken in yet.",
    "mislabelled": "The file is not what its header says it is.",
    "missing_uid": "The file has no SOP Instance UID.",
    "archive_bomb": "The archive unpacks to more than is taken in.",
    "archive_path": "The archive has a path or a link that leads out of it.",
    "archive_encrypted": "The archive is encrypted: send it without a password.",
    "archive_corrupt": "The archive is damaged, or packed in a way that is not read.",
    "archive_nested": "The archive holds another archive: unpack that first.",
    "took_too_long": "The file took too long to read.",
    "too_much_memory": "The file needed too much memory to read.",
    "no_room": "There is no room left on the disk.",
    "failed": "The file could not be read.",
}  # fmt: skip


class Refused(Exception):
    """A file that is not taken in.

    code: a key of REFUSALS. named: a registered name (a transfer syntax) that the sentence ends with; never
    anything that the file says. str() is the sentence. series: the pseudonym of the series that the file is of,
    where its header told; inside the worker process, and nowhere else, its own UID.
    """

    def __init__(self, code: str, named: str = "") -> None:
        sentence = REFUSALS[code]
        super().__init__(f"{sentence[:-1]}: {named}." if named else sentence)
        self.code, self.named, self.series = code, named, ""

    @property
    def sentence(self) -> str:
        """One sentence for the person who sent the file."""
        return str(self)


def of_the_disk(error: OSError) -> Refused:
    """What an error of the disk means; `no_room` is no fault of the file, which may be tried again."""
    codes = {errno.EFBIG: "too_large", errno.ENOSPC: "no_room", errno.EDQUOT: "no_room"}
    return Refused(codes.get(error.errno or 0, "failed"))
