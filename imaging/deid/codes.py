"""Coded concepts: only codes of public schemes that the standard's own dictionary holds, in its own words."""

from functools import cache
from typing import Any, Final

# pydicom publishes the concepts of PS3.16 by name only; here they are looked up by code.
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

TRIPLET: Final = frozenset({0x00080100, 0x00080102, 0x00080104, 0x00080119, 0x00080120})
VALUE: Final = 0x00080100
SCHEME: Final = 0x00080102
MEANING: Final = 0x00080104


@cache
def _meanings(scheme: str) -> dict[str, str]:
    """Code -> meaning of a scheme, as PS3.16 has it; empty for a scheme that it does not use."""
    if scheme in ("SRT", "SNM3", "99SDM"):  # the older codes of SNOMED
        known = _meanings("SCT")
        return {old: known[new] for old, new in mapping["SRT"].items() if new in known}
    named: Any = concepts.get(scheme, {})
    return {code: str(found[0]) for codes in named.values() for code, found in codes.items()}


def meaning_of(scheme: str, code: str) -> str | None:
    """The standard's meaning of a code, at most 64 characters, or None if it does not have that code."""
    found = _meanings(scheme.strip(" \0")).get(code.strip(" \0"))
    return None if found is None else found.encode("ascii", "ignore").decode("ascii")[:64].strip()
