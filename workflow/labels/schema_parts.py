"""The parts of a label schema, as frozen values: fields, categories, conditions, findings, rules."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

DEFAULT_MOST_FINDINGS = 100


class Kind(StrEnum):
    """The kinds of field; the last seven are drawn on the image."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MULTI = "multi"
    TEXT = "text"
    POINT = "point"
    LENGTH = "length"
    BOX = "box"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"
    MASK = "mask"
    SPAN = "span"


CATEGORICAL = frozenset({Kind.NOMINAL, Kind.ORDINAL, Kind.MULTI})
DRAWN = frozenset({Kind.POINT, Kind.LENGTH, Kind.BOX, Kind.ELLIPSE, Kind.POLYGON, Kind.MASK, Kind.SPAN})


class Asks(StrEnum):
    """What a condition asks of a field."""

    IS = "is"
    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CodedTerm:
    """A concept of a terminology, as DICOM writes it: coding scheme, code value, code meaning."""

    scheme: str
    value: str
    meaning: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """One allowed value of a categorical field."""

    value: str | int
    label: str
    code: CodedTerm | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A question about another field: is it one of `values`, is it present, is it absent?"""

    field: str
    asks: Asks
    values: tuple[str | int | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkSpec:
    """What may be drawn: `slices` for a box through several slices, `holes` for a polygon with holes."""

    kind: Kind
    slices: bool = False
    holes: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form; the members that its kind does not use keep their defaults."""

    key: str
    kind: Kind
    label: str
    help: str = ""
    code: CodedTerm | None = None
    required: bool = True
    not_assessable: bool = False
    when: tuple[Condition, ...] = ()
    categories: tuple[Category, ...] = ()
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    fewest: int = 0
    most: int = 0
    max_length: int = 0
    mark: MarkSpec | None = None
    normal: str | int | bool | tuple[str | int, ...] | None = None  # the answer where nothing is found


@dataclass(frozen=True, slots=True)
class FindingType:
    """A kind of finding: its mark, its fields, and the greatest overlap (IoU) between two of its marks."""

    key: str
    label: str
    mark: MarkSpec
    help: str = ""
    code: CodedTerm | None = None
    max_iou: Decimal | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """How many findings a read may have, and of which types."""

    types: tuple[FindingType, ...]
    fewest: int = 0
    most: int = DEFAULT_MOST_FINDINGS


@dataclass(frozen=True, slots=True)
class Rule:
    """When all of `when` hold, all of `then` must hold, or the reader is told `message`."""

    when: tuple[Condition, ...]
    then: tuple[Condition, ...]
    message: str

    def field_keys(self) -> frozenset[str]:
        """Return the keys of the fields that the rule speaks of."""
        return frozenset(condition.field for condition in (*self.when, *self.then))
