"""What a reader sees in place of a patient, a study and an image: nothing by which two readers could compare."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Who and what an image is of, wherever it stands, and the VR of each.
NAMES: Final = {0x00080050: "SH", 0x00100010: "PN", 0x00100020: "LO", 0x00200010: "SH"}
PATIENT: Final = (0x00100010, 0x00100020)
_TEXTS: Final = frozenset({"UI", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})  # what could hold a UID
_OURS: Final = re.compile(r"(?<![0-9.])2\.25\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Guise:
    """`uid` gives the UID that is shown for a stored one; `patient` stands for the patient's identifier and name.

    None shows what is stored. With a patient, accession number and study ID are empty.
    """

    uid: Callable[[str], str] | None = None
    patient: str | None = None

    def shown(self, uid: str) -> str:
        """The UID that is shown for a stored one."""
        return self.uid(uid) if self.uid else uid


PLAIN: Final = Guise()


def disguise(dataset: "Dataset", guise: Guise) -> None:
    """Write what is shown in place of what is stored, in sequences and file meta information too."""
    if guise.patient is not None:
        for tag, vr in NAMES.items():
            dataset.add_new(tag, vr, guise.patient if tag in PATIENT else "")
    _below(dataset, guise)
    if (meta := getattr(dataset, "file_meta", None)) is not None:  # its other UIDs say who wrote it, and how
        meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID


def _below(dataset: "Dataset", guise: Guise) -> None:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value or ():
                _below(item, guise)
        elif guise.patient is not None and element.tag in NAMES:
            element.value = guise.patient if element.tag in PATIENT else ""
        elif guise.uid and element.VR in _TEXTS and element.value:
            several = element.value if element.VM > 1 else [element.value]
            told = [_OURS.sub(lambda found: guise.shown(found[0]), str(one)) for one in several]
            if told != [str(one) for one in several]:
                element.value = told if element.VM > 1 else told[0]
