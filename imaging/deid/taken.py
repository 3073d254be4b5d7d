"""What the header says of who it is of: nothing that stays may repeat it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydicom import DataElement, Dataset

from imaging.deid.elements import each, texts
from imaging.deid.table import Row, row_of

_WORDS = re.compile(r"[^\W_]+")
_RUN = 5  # digits
_DIGITS = re.compile(rf"\d{{{_RUN},}}")
_TEXT = frozenset({"PN", "LO", "SH", "LT", "ST", "UT", "UC", "AE", "DA", "DT", "IS", "DS"})
_WORD = 3  # letters; a shorter word is too common to be a sign
_INSIDE = 4


def folded(text: str) -> str:
    """Lower case without accents: Müller is muller."""
    flat = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in flat if not unicodedata.combining(letter)).casefold()


@dataclass(frozen=True)
class Taken:
    """The words, numbers and UIDs of all elements that name somebody."""

    names: frozenset[str]  # words of persons' names
    words: frozenset[str]  # words of all identifiers, names too
    digits: frozenset[str]  # runs of five digits and more
    uids: frozenset[str]

    def repeated_by(self, text: str) -> bool:
        """True if a text holds one of the words, numbers or UIDs."""
        flat = folded(text)
        spoken = _WORDS.findall(flat)
        return (
            text.strip(" \0") in self.uids
            or not self.words.isdisjoint(spoken)
            or not self.digits.isdisjoint(_inside(flat, _RUN))
            or not self.words.isdisjoint(_inside("".join(spoken), _INSIDE))
        )

    def counted_by(self, number: str) -> bool:
        """True if the whole digits of a number hold one of the numbers."""
        return not self.digits.isdisjoint(_inside(number.lstrip("+-").split(".")[0], _RUN))


def _inside(text: str, least: int) -> Iterator[str]:
    """Every piece of a text of so many characters at least: few, where the words to look for may be many."""
    for start in range(len(text) - least + 1):
        yield from (text[start:end] for end in range(start + least, len(text) + 1))


def taken_from(dataset: Dataset) -> Taken:
    """Collects from a header, its sequences and its private elements; nothing is changed."""
    names: list[str] = []
    others: list[str] = []
    uids: set[str] = set()
    for element in each(dataset):
        if element.VR == "PN":
            names += texts(element)
        elif element.VR == "UI" and _names_somebody(element):
            uids.update(text.strip(" \0") for text in texts(element))
        elif element.VR in _TEXT and _names_somebody(element):
            others += texts(element)
    spoken = frozenset(_words(names))
    return Taken(
        spoken, spoken | frozenset(_words(others)), frozenset(_runs([*names, *others])), frozenset(uids)
    )


def _names_somebody(element: DataElement) -> bool:
    """Rows whose content an option may keep are no identifiers of a person."""
    row: Row | None = row_of(int(element.tag))
    return row is not None and not (row.device or row.patient_characteristics or row.clean_descriptors)


def _words(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from (word for word in _WORDS.findall(folded(value)) if len(word) >= _WORD)


def _runs(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from _DIGITS.findall(value)
