"""Headers as highdicom takes them: with every element of patient and study that a new file takes over."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from pydicom.dataset import Dataset

from .places import NotPlaced

_TAKEN_OVER: Final = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName"),
)
_HALF_EMPTY: Final = ("ReferencedStudySequence", "ProcedureCodeSequence")
MADE_BY: Final[dict[str, Any]] = {
    "manufacturer": "Consilium",
    "manufacturer_model_name": "Consilium",
    "device_serial_number": "none",
}

P = ParamSpec("P")
T = TypeVar("T")


def carefully(function: Callable[P, T]) -> Callable[P, T]:
    """NotPlaced where highdicom refuses headers, and no warnings of pseudonyms, which are no names of people."""

    @wraps(function)
    def called(*arguments: P.args, **named: P.kwargs) -> T:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", "The string .* is unlikely to represent the intended person name"
            )
            try:
                return function(*arguments, **named)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                # Senders leave out and make up so much that one case must not stop all others.
                raise NotPlaced(f"The images' headers don't allow it ({type(error).__name__}).") from error

    return called


def family(pseudonym: str) -> str:
    """A pseudonym as the one part of a person's name."""
    return f"{pseudonym}^"


def complete(header: Dataset) -> Dataset:
    """The header in memory, with empty elements where it has none, without lists that senders leave half empty."""
    for keyword in _HALF_EMPTY:
        header.pop(keyword, None)
    for keyword in _TAKEN_OVER:
        if keyword not in header:
            setattr(header, keyword, None)
    return header
