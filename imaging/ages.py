"""What is told of a person: sex, and an age in bands of ten years."""

import re
from datetime import date
from typing import Final

from pydicom.dataset import Dataset

from .values import code

AGE = re.compile(r"(\d{3})([DWMY])")
YEARS: Final = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}
OLDEST, LIKELY = 90, 130


def sex(dataset: Dataset) -> str | None:
    """M, F or O."""
    return code(dataset, "PatientSex", ("M", "F", "O"))


def age_band(dataset: Dataset) -> str | None:
    """ "0-9" to "80-89" and "90+": from the age, else from the dates of birth and of the study."""
    years = _from_age(dataset)
    years = _from_dates(dataset) if years is None else years
    if years is None or not 0 <= years <= LIKELY:
        return None
    decade = int(years) // 10 * 10
    return f"{OLDEST}+" if decade >= OLDEST else f"{decade}-{decade + 9}"


def _from_age(dataset: Dataset) -> float | None:
    found = AGE.fullmatch(str(dataset.get("PatientAge") or "").strip())
    return int(found[1]) / YEARS[found[2]] if found else None


def _from_dates(dataset: Dataset) -> float | None:
    born, seen = _date(dataset.get("PatientBirthDate")), _date(dataset.get("StudyDate"))
    return (seen - born).days / YEARS["D"] if born and seen else None


def _date(value: object) -> date | None:
    told = str(value or "").strip().replace(".", "")
    try:
        return date(int(told[:4]), int(told[4:6]), int(told[6:8])) if len(told) == 8 else None
    except ValueError:
        return None
