"""The versions of this engine: a report names the one that made it, and is computed again by the same one."""

from dataclasses import dataclass, field

from workflow.consensus.spacing import Scale

_FIRST = frozenset({"nominal", "boolean", "ordinal", "number", "multi", "box"})
_DRAWN = frozenset({"point", "length", "ellipse", "polygon", "mask", "span"})


@dataclass(frozen=True, slots=True)
class Engine:
    """What a version compares, and what it knows.

    `tells_all`: both medians, k of n behind a mark, the unit and the spacing stand in its reports.
    `joins_ties`: equally good matchings are joined into one question instead of one being taken.
    """

    name: str
    kinds: frozenset[str]
    tells_all: bool
    joins_ties: bool


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("consilium-consensus/1", _FIRST, tells_all=False, joins_ties=False),
        Engine("consilium-consensus/2", _FIRST | _DRAWN, tells_all=True, joins_ties=True),
    )
}
NEWEST = ENGINES["consilium-consensus/2"]


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a case is compared: by which version of the engine, with which pixel spacings."""

    engine: Engine = NEWEST
    scale: Scale = field(default_factory=Scale)
