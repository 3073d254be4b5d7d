"""The fixed vocabulary: the only words of free text that stay, whatever a sender wrote between them."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final

WORDS: Final = Path(__file__).with_name("words.txt")
_PARTS = re.compile(r"[\W_]+")
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}", re.ASCII)
# As reconstruction kernels and versions are written: B30f, FC08, Br40d, R1. No bare numbers: they may be a date's.
_SETTING = re.compile(r"[A-Za-z]{1,2}\d{1,2}[a-z]{0,2}", re.ASCII)
_SHORT = 3


@cache
def vocabulary() -> frozenset[str]:
    """The words of words.txt, in lower case; its lines beginning with # are headings."""
    lines = WORDS.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.lower().split())


def parts(text: str) -> list[str]:
    """The runs of letters and digits in a text, of any script: "CT-Thorax, nativ" is CT, Thorax, nativ."""
    return [part for part in _PARTS.split(text) if part]


def cleaned(text: str, names: Collection[str], settings: bool = False) -> str:
    """Of a text only words of the vocabulary, none that is part of a name in this header; "" if nothing stays.

    names are in lower case. With settings also short codes of machines, such as B30f.
    """
    return " ".join(
        part
        for part in parts(text)
        if part.lower() not in names
        and (part.lower() in vocabulary() or (settings and _SETTING.fullmatch(part)))
    )


def plain_code(text: str, names: Collection[str]) -> str:
    """A value of VR CS if all its words are the vocabulary's or codes of up to 3 characters, else ""."""
    text = text.strip(" \0")
    if not _CODE.fullmatch(text):
        return ""
    if text.lower() in vocabulary():  # ISO_10918_1: a number only as part of a known term
        return text
    strange = [part for part in parts(text) if part.lower() not in vocabulary()]
    fits = all(len(part) <= _SHORT and part.lower() not in names for part in strange)
    return text if fits and len(strange) <= 2 else ""
