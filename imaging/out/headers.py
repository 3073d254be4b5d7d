"""Headers as highdicom takes them: with every element of patient and study that a new file takes over."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from pydicom.dataset import Dataset

_TAKEN_OVER: Final = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName"),
)
MADE_BY: Final[dict[str, Any]] = {
    "manufacturer": "Consilium",
    "manufacturer_model_name": "Consilium",
    "device_serial_number": "none",
}

P = ParamSpec("P")
T = TypeVar("T")


def quietly(function: Callable[P, T]) -> Callable[P, T]:
    """Without highdicom's warnings of pseudonyms, which are no names of people."""

    @wraps(function)
    def called(*arguments: P.args, **named: P.kwargs) -> T:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", "The string .* is unlikely to represent the intended person name"
            )
            return function(*arguments, **named)

    return called


def family(pseudonym: str) -> str:
    """A pseudonym as the one part of a person's name."""
    return f"{pseudonym}^"


def complete(header: Dataset) -> Dataset:
    """The header with empty elements where it has none; what is there is never changed."""
    for keyword in _TAKEN_OVER:
        if keyword not in header:
            setattr(header, keyword, None)
    return header
