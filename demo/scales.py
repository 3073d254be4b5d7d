"""LIDC's nine published rating scales, as label-schema fields and in the order of the data files."""

from dataclasses import dataclass
from typing import Any, Literal

CATEGORIES_OF_ORDINALS = range(1, 6)


@dataclass(frozen=True)
class Scale:
    """One rating: its key in LIDC, its level of measurement, and a name for every value on it."""

    key: str
    kind: Literal["nominal", "ordinal"]
    label: str
    help: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind == "ordinal" and len(self.names) != len(CATEGORIES_OF_ORDINALS):
            raise ValueError(f"The ordinal scale {self.key} needs five names, it has {len(self.names)}.")

    @property
    def values(self) -> range:
        """The whole numbers on this scale, from 1."""
        return range(1, len(self.names) + 1)


def _between(low: str, middle: str, high: str) -> tuple[str, ...]:
    """Five names for a scale of which LIDC names only the ends and the middle."""
    return (
        low,
        f"Between {low.lower()} and {middle.lower()}",
        middle,
        f"Between {middle.lower()} and {high.lower()}",
        high,
    )


SCALES: tuple[Scale, ...] = (
    Scale(
        "subtlety",
        "ordinal",
        "Subtlety",
        "How hard the nodule is to find: 1 is the hardest.",
        ("Extremely subtle", "Moderately subtle", "Fairly subtle", "Moderately obvious", "Obvious"),
    ),
    Scale(
        "internalStructure",
        "nominal",
        "Internal structure",
        "What the nodule is mostly made of.",
        ("Soft tissue", "Fluid", "Fat", "Air"),
    ),
    Scale(
        "calcification",
        "nominal",
        "Calcification",
        "The pattern. No calcification is 6, not 1.",
        ("Popcorn", "Laminated", "Solid", "Non-central", "Central", "Absent"),
    ),
    Scale(
        "sphericity",
        "ordinal",
        "Sphericity",
        "The shape in three dimensions.",
        _between("Linear", "Ovoid", "Round"),
    ),
    Scale(
        "margin",
        "ordinal",
        "Margin",
        "How well the edge is defined: 5 is sharp.",
        _between("Poorly defined", "Moderately defined", "Sharp"),
    ),
    Scale(
        "lobulation",
        "ordinal",
        "Lobulation",
        "1 is none, 5 is marked.",
        _between("None", "Moderate", "Marked"),
    ),
    Scale(
        "spiculation",
        "ordinal",
        "Spiculation",
        "1 is none, 5 is marked.",
        _between("None", "Moderate", "Marked"),
    ),
    Scale(
        "texture",
        "ordinal",
        "Texture",
        "1 is pure ground glass, 5 is solid.",
        _between("Non-solid", "Part-solid", "Solid"),
    ),
    Scale(
        "malignancy",
        "ordinal",
        "Malignancy",
        "Your impression from the images. 4 and 5 are suspicious.",
        (
            "Highly unlikely",
            "Moderately unlikely",
            "Indeterminate",
            "Moderately suspicious",
            "Highly suspicious",
        ),
    ),
)


def as_field(scale: Scale, when: dict[str, Any]) -> dict[str, Any]:
    """The label-schema field of a scale, asked only under the condition `when`."""
    named = zip(scale.values, scale.names, strict=True)
    categories = [{"value": value, "label": name} for value, name in named]
    return {
        "key": scale.key,
        "kind": scale.kind,
        "label": scale.label,
        "help": scale.help,
        "required": True,
        "when": when,
        "categories": categories,
    }
