"""What every rule needs to know of the header that it works on."""

from dataclasses import dataclass

from pydicom import Dataset
from pydicom._uid_dict import UID_dictionary  # the registry; pydicom names it nowhere else

from imaging.deid.identity import identity_of, patient_of
from imaging.deid.options import Options
from imaging.deid.pseudonyms import Pseudonyms
from imaging.deid.taken import Taken, taken_from


@dataclass(frozen=True)
class Context:
    """One instance, its patient and the project's choice."""

    pseudonyms: Pseudonyms
    options: Options
    patient: str  # the pseudonym
    days: int
    taken: Taken

    def uid(self, original: str) -> str:
        """The UID that stands for one: itself if the standard's registry has it (PS3.6 Annex A)."""
        original = original.strip("\0 ")
        return original if not original or original in UID_dictionary else self.pseudonyms.uid(original)


def context_of(dataset: Dataset, pseudonyms: Pseudonyms, options: Options) -> Context:
    """Reads who the header is of, and what must not be repeated."""
    patient = patient_of(identity_of(dataset), pseudonyms)
    return Context(pseudonyms, options, patient, pseudonyms.days(patient), taken_from(dataset))
