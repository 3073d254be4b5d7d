"""The cast of the demonstration: people who do not exist, with credentials that nobody issued."""

from dataclasses import dataclass
from typing import Any

from demo.caveats import INVENTED

INVENTED_COUNTRY = "XX"  # ISO 3166-1 leaves XX to its users: no country has it
VALID_FROM = "2025-01-01T00:00:00Z"


@dataclass(frozen=True)
class Person:
    """One invented person: the key of the sign-in, and what a credential snapshot says of them."""

    key: str
    name: str
    role: str | None
    site: str
    profession: str
    specialty: str | None = None
    subspecialty: str | None = None
    board: str | None = None
    board_year: int | None = None
    years: int = 0
    years_in_ct: int = 0
    reads_last_12_months: int = 0
    slot: int | None = None

    @property
    def full_name(self) -> str:
        """The name as every screen and export shows it, marked as invented."""
        return f"{self.name} (invented)"


NORTH, SOUTH = "Example Hospital North (invented)", "Example Hospital South (invented)"
BOARD = "Example Board of Radiology (invented)"


def _radiologist(key: str, name: str, role: str, site: str, *, year: int, years: int, slot: int) -> Person:
    return Person(
        key,
        name,
        role,
        site,
        "physician",
        "radiology",
        "thoracic radiology",
        BOARD,
        year,
        years=years,
        years_in_ct=years - 1,
        reads_last_12_months=120 * years,
        slot=slot,
    )


def _resident(key: str, name: str, site: str, *, years: int) -> Person:
    return Person(
        key,
        name,
        "junior_reviewer",
        site,
        "physician in training",
        "radiology",
        years=years,
        years_in_ct=years - 1,
        reads_last_12_months=400,
    )


PEOPLE: tuple[Person, ...] = (
    Person("manager", "Mona Manager", "manager", NORTH, "study manager", years=6),
    _radiologist("annotator_1", "Ada Reader-One", "annotator", NORTH, year=2016, years=9, slot=1),
    _radiologist("annotator_2", "Ben Reader-Two", "annotator", SOUTH, year=2018, years=7, slot=2),
    _radiologist("annotator_3", "Cleo Reader-Three", "annotator", NORTH, year=2013, years=12, slot=3),
    _resident("junior_reviewer", "Jo Junior", NORTH, years=3),
    _resident("junior_reviewer_2", "Kim Junior", SOUTH, years=4),
    _resident("junior_reviewer_3", "Lou Junior", NORTH, years=3),
    _radiologist("senior_arbiter", "Sol Senior", "senior_arbiter", SOUTH, year=2001, years=24, slot=4),
    Person("auditor", "Otto Auditor", "auditor", "Example Audits (invented)", "quality auditor", years=11),
    Person("outsider", "Nemo Outsider", None, "Elsewhere (invented)", "visitor"),
)
"""Three readers, three junior reviewers (a third read needs a third), one arbiter, and those around them."""


def person(key: str) -> Person:
    """The person with this key; KeyError if there is none."""
    return {one.key: one for one in PEOPLE}[key]


def reader_of(slot: int) -> Person:
    """Who gives the answers of LIDC's reader in `slot`: 1 to 3 annotate, 4 is the arbiter."""
    return {one.slot: one for one in PEOPLE}[slot]


def credential_snapshot(one: Person, actor: str) -> dict[str, Any]:
    """The snapshot of audit content for a person registered under the id `actor`."""
    return {
        "schema": "consilium/credential/v1",
        "actor": actor,
        "role": one.role,
        "profession": f"{one.profession} ({INVENTED.lower()})",
        "specialty": one.specialty,
        "subspecialty": one.subspecialty,
        "board_certifications": _boards(one),
        "years_experience": one.years,
        "years_experience_in_modality": one.years_in_ct,
        "reads_last_12_months": one.reads_last_12_months,
        "training": [],
        "qualification_cases": None,
        "conflicts_declared": [],
        "valid_from": VALID_FROM,
    }


def _boards(one: Person) -> list[dict[str, Any]]:
    if one.board is None:
        return []
    return [
        {
            "body": one.board,
            "country": INVENTED_COUNTRY,
            "year": one.board_year,
            "verified_by": None,
            "evidence_digest": None,
        }
    ]
