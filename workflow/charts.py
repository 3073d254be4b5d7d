"""A chart as plain values: what its picture is drawn from, and the rows of the table that says the same."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

Drawn = Literal["area", "bars", "line", "dots", "dashed", "limit", "band_low", "band_high"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One row of numbers over the labels of its chart; None where there is none. `colour`: a place in the palette.

    `drawn`: how. A `band_low` and the `band_high` after it enclose an area.
    """

    name: str
    values: tuple[float | None, ...]
    drawn: Drawn
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title, what it says in a sentence, and its curves over the same labels.

    `stacked`: areas and bars stand upon each other. `across`: what the labels are. `unit`: what is counted; "%"
    shows shares of 1 as per cent.
    """

    name: str
    title: str
    says: str
    across: str
    unit: str
    labels: tuple[str, ...]
    curves: tuple[Curve, ...]
    stacked: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @property
    def rows(self) -> Iterator[tuple[str, list[float | None]]]:
        """The table: of each label, every curve's number."""
        for place, label in enumerate(self.labels):
            yield label, [curve.values[place] for curve in self.curves]
