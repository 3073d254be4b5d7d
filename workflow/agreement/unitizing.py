"""Agreement on where something begins and ends in time: Krippendorff's α for unitizing, and frame by frame.

Krippendorff 1995, Sociol Methodol 25:47; 2004, Content Analysis, ch. 11.5. For each category a reader's recording is
cut into units, which they marked, and the gaps between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

ALL_GAPS = "Nobody marked anything."
NOT_TWO = "Agreement on spans needs two readers."
Unit = tuple[int, int]  # begin and length, in frames
Spans = Mapping[str, Sequence[Unit]]  # category → units of one reader that do not overlap
Section = tuple[int, int, bool]  # begin, length, and whether it is a unit


@dataclass(frozen=True, slots=True)
class Unitizing:
    """α_U over all categories and for each; None with a reason where nothing is marked. D in shares of L²."""

    value: float | None
    reason: str | None = None
    per_category: tuple[tuple[str, float | None], ...] = ()
    observed: tuple[tuple[str, float], ...] = ()
    expected: tuple[tuple[str, float], ...] = ()


def alpha_u(readers: Sequence[Spans], begin: int, length: int) -> Unitizing:
    """α_U of readers' spans in one recording of `length` frames that starts at frame `begin`: 1 − Σ D_o / Σ D_e.

    It has no interval: one recording leaves nothing to draw. Raises ValueError for spans outside or on each other.
    """
    categories = sorted({category for reader in readers for category in reader})
    if len(readers) < 2:
        return Unitizing(None, NOT_TWO)
    cut = {c: [_sections(reader.get(c, ()), begin, length) for reader in readers] for c in categories}
    observed = {c: _observed(cut[c], length) for c in categories}
    expected = {c: _expected(cut[c], length) for c in categories}
    if not sum(expected.values()) > 0:
        return Unitizing(None, ALL_GAPS)
    each = tuple((c, 1 - observed[c] / expected[c] if expected[c] > 0 else None) for c in categories)
    value = 1 - sum(observed.values()) / sum(expected.values())
    return Unitizing(value, None, each, tuple(observed.items()), tuple(expected.items()))


def framewise(readers: Sequence[Spans], begin: int, length: int) -> list[tuple[frozenset[str], ...]]:
    """The categories that each reader gives each frame, (frames, readers), for a table of sets: a frame is a case.

    Frames of one recording hang together: give α their recording as the patient.
    """
    held = [
        {c: [range(start, start + many) for start, many in units] for c, units in one.items()}
        for one in readers
    ]
    return [
        tuple(
            frozenset(c for c, units in one.items() if any(frame in unit for unit in units)) for one in held
        )
        for frame in range(begin, begin + length)
    ]


def _sections(units: Sequence[Unit], begin: int, length: int) -> list[Section]:
    found, at = list[Section](), begin
    for start, many in sorted(units):
        if start < at or many < 1:
            raise ValueError("The spans of a category lie within the recording, and none lies on another.")
        if start > at:
            found.append((at, start - at, False))
        found.append((start, many, True))
        at = start + many
    if at > begin + length:
        raise ValueError("The spans of a category lie within the recording, and none lies on another.")
    return [*found, (at, begin + length - at, False)] if at < begin + length else found


def _observed(readers: Sequence[Sequence[Section]], length: int) -> float:
    """D_oc = Σ_i Σ_{j≠i} Σ_g Σ_h δ² / (m (m − 1) L²)."""
    m = len(readers)
    apart = sum(_apart(g, h) for one, other in permutations(readers, 2) for g in one for h in other)
    return apart / (m * (m - 1) * length**2)


def _apart(g: Section, h: Section) -> int:
    """δ²: how far the ends of two units that meet lie apart, or the whole of a unit that lies in a gap."""
    (begin, long, unit), (start, many, other) = g, h
    if unit and other:
        meet = -long < begin - start < many
        return ((begin - start) ** 2 + (begin + long - start - many) ** 2) * meet
    if unit and not other:
        return long**2 * (many - long >= begin - start >= 0)
    if other and not unit:
        return many**2 * (long - many >= start - begin >= 0)
    return 0


def _expected(readers: Sequence[Sequence[Section]], length: int) -> float:
    """D_ec: the mean δ² if the units and gaps of all readers lay anywhere (2004, p. 254)."""
    m, sections = len(readers), [one for reader in readers for one in reader]
    units = [long for _, long, unit in sections if unit]
    gaps = [long for _, long, unit in sections if not unit]
    among = sum((len(units) - 1) / 3 * (2 * long**3 - 3 * long**2 + long) for long in units)
    within = sum(long**2 * sum(gap - long + 1 for gap in gaps if gap >= long) for long in units)
    ways = m * length * (m * length - 1) - sum(long * (long - 1) for long in units)
    return 2 / length * (among + within) / ways
