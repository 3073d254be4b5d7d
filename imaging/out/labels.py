"""A label in plain values: what was answered, what was drawn, by whom and when; nothing of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

SCHEME: Final = "99CONSILIUM"  # of terms that the label schema gives no code
Mark = dict[str, Any]  # as docs/label-schema.md says
Ring = Sequence[Sequence[int]]


def version_of(schema: str) -> str:
    """What the private scheme's codes call its version: the first sixteen digits of the guideline's digest."""
    return schema.removeprefix("sha256:")[:16]


@dataclass(frozen=True, slots=True)
class Concept:
    """A coded term; of our own scheme, `version` tells which label schema it is of."""

    scheme: str
    value: str
    meaning: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer out of a list."""

    key: str
    question: Concept
    answer: Concept


@dataclass(frozen=True, slots=True)
class Number:
    """A measured or estimated number, as decimal text in a UCUM unit."""

    key: str
    question: Concept
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Region:
    """Outlines and holes in units of which a pixel has `pixel`, or the runs of each slice of a mask."""

    rings: tuple[Ring, ...] = ()
    pixel: int = 1000
    slices: tuple[tuple[int, tuple[int, ...]], ...] = ()  # slice, runs


@dataclass(frozen=True, slots=True)
class Drawing:
    """One mark: `path` where it stands in the label, what kind of thing it is, what was said of it.

    `region` is what it covers, of those kinds that are drawn around something: masks, polygons, ellipses.
    """

    path: str
    concept: Concept
    mark: Mark
    region: Region | None = None
    choices: tuple[Choice, ...] = ()
    numbers: tuple[Number, ...] = ()

    @property
    def name(self) -> str:
        """Its name for a file."""
        return self.path.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Answers:
    """One version of a case's labels."""

    choices: tuple[Choice, ...] = ()
    numbers: tuple[Number, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    def of(self, drawings: Iterable[Drawing]) -> "Answers":
        """The same answers with these drawings."""
        return Answers(self.choices, self.numbers, tuple(drawings))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version comes from: `digest` pins every UID; `person` or else a `device` is the observer."""

    case: str
    digest: str
    at: datetime  # UTC
    person: str = ""
    device: str = ""
    verified: bool = False
    organization: str = ""  # where the verifying person works
    schema: str = ""  # digest of the label schema's guideline

    def named(self, purpose: str) -> str:
        """What a UID for this purpose is made of."""
        return f"{self.case}\n{self.digest}\n{purpose}"
