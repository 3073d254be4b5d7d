"""Rules on where the slices of a series lie: gaps, duplicates, mixed directions and spacing, too few."""

from itertools import pairwise
from statistics import median

from .parameters import Rules
from .series import SAME_PLACE_MM, Evidence, Image, Series, Slice, places, where
from .vectors import Vector, most_common, number, text

Stated = list[tuple[Vector, Image]]

ROUNDING_MM = 1e-6
STRAIGHT = 1.0  # degrees within which slices form one stack where the project sets no limit of its own


def slice_gap(series: Series, rules: Rules) -> Evidence | None:
    """A distance of neighbours that differs from the median one by more than the tolerance."""
    stack = places(series.stack(_degrees(rules)))
    if rules.gap_tolerance is None or len(stack) < 3:
        return None
    steps = [after[0] - before[0] for before, after in pairwise(stack)]
    usual = median(steps)
    slack = usual * float(rules.gap_tolerance) + SAME_PLACE_MM
    odd = [place for place, step in enumerate(steps) if abs(step - usual) > slack]
    if not odd:
        return None
    beside = [one.image for place in odd for one in (*stack[place][1], *stack[place + 1][1])]
    measured = {
        "gaps": len(odd),
        "usual_mm": text(usual),
        "smallest_mm": text(min(steps)),
        "largest_mm": text(max(steps)),
        "slices_missing": sum(max(round(steps[place] / usual) - 1, 0) for place in odd),
    }
    return Evidence(measured, where(beside))


def slice_duplicate(series: Series, rules: Rules) -> Evidence | None:
    """Slices at one place, unless every place has as many and their pixels differ: those are phases."""
    stack = places(series.stack(_degrees(rules)))
    counts = [len(slices) for _, slices in stack]
    if not rules.duplicates or not counts or max(counts) == 1:
        return None
    usual = 1 if min(counts) < max(counts) else max(counts)
    doubled = [slices for _, slices in stack if len(slices) > usual or _copied(slices)]
    if not doubled:
        return None
    measured = {"places": len(doubled), "most_at_one_place": max(map(len, doubled)), "slices": sum(counts)}
    return Evidence(measured, where([one.image for slices in doubled for one in slices]))


def orientation_mixed(series: Series, rules: Rules) -> Evidence | None:
    """Slices that are tilted against the most usual direction."""
    usual = series.directions
    if rules.orientation_degrees is None or usual is None:
        return None
    tilts = [(one.tilt(usual), one.image) for one in series.slices]
    tilted = [(tilt, image) for tilt, image in tilts if tilt > _degrees(rules)]
    if not tilted:
        return None
    most = max(tilt for tilt, _ in tilted)
    measured = {"tilted": len(tilted), "slices": len(tilts), "largest_degrees": text(round(most, 1))}
    return Evidence(measured, where([image for _, image in tilted]))


def spacing_mixed(series: Series, rules: Rules) -> Evidence | None:
    """Pixel spacing or slice thickness that differs from the most usual one."""
    if rules.spacing_tolerance is None:
        return None
    stated = [(spacing, image) for image in series.volume if (spacing := spacing_of(image))]
    thick: Stated = [
        ((thickness,), image) for image in series.volume if (thickness := image.fact("thickness"))
    ]
    odd = _odd(stated, float(rules.spacing_tolerance)) + _odd(thick, float(rules.spacing_tolerance))
    if not odd:
        return None
    measured = {"spacings_mm": _listed(stated), "thicknesses_mm": _listed(thick)}
    return Evidence(measured, where(odd))


def too_few_slices(series: Series, rules: Rules) -> Evidence | None:
    """Fewer different places than wanted; images without a place count by their frames."""
    if rules.least_slices is None or not series.volume:
        return None
    lying = len(places(series.stack(_degrees(rules))))
    slices = lying or sum(image.frames for image in series.volume)
    measured = {"slices": slices, "least": rules.least_slices}
    return Evidence(measured, where(series.volume)) if slices < rules.least_slices else None


def _degrees(rules: Rules) -> float:
    return float(rules.orientation_degrees or STRAIGHT)


def _copied(slices: list[Slice]) -> bool:
    """Whether two different images at one place have the same measures of their pixels."""
    figures = [
        tuple(sorted((key, str(value)) for key, value in image.measures.items()))
        for image in {one.image.place: one.image for one in slices}.values()
        if image.measures
    ]
    return len(set(figures)) < len(figures)


def spacing_of(image: Image) -> Vector | None:
    """The distance of rows and of columns in millimetres, if both are stated."""
    stated = image.facts.get("spacing")
    if not isinstance(stated, list | tuple):
        return None
    parts = tuple(part for one in stated if (part := number(one)))
    return parts if len(parts) == 2 else None


def _odd(stated: Stated, tolerance: float) -> list[Image]:
    usual = most_common([values for values, _ in stated])
    return [
        image
        for values, image in stated
        if usual and any(abs(a - b) > tolerance * b + ROUNDING_MM for a, b in zip(values, usual, strict=True))
    ]


def _listed(stated: Stated) -> list[str]:
    """The different values in order, five at most."""
    return [" × ".join(map(text, values)) for values in sorted({values for values, _ in stated})[:5]]
