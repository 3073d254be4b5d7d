"""Rules on the pixels: too few, cut off, unreadable, constant, clipped, noisy, blurred."""

from collections.abc import Sequence
from statistics import median

from .geometry import spacing_of
from .parameters import Rules
from .series import Evidence, Image, Series, where
from .vectors import text

CUT_OFF = frozenset({"truncated", "pixels_truncated"})
UNREADABLE = frozenset({"undecodable", "bad_pixels"})


def low_resolution(series: Series, rules: Rules) -> Evidence | None:
    """Images with few rows or columns, wide pixels or thick slices."""
    coarse = [image for image in _pictures(series) if _coarse(image, rules)]
    if not coarse:
        return None
    edges = [edge for image in coarse for key in ("rows", "columns") if (edge := image.fact(key))]
    measured = {
        "least_edge": int(min(edges)) if edges else None,
        "widest_pixel_mm": _largest([max(spacing_of(image) or (0.0,)) for image in coarse]),
        "thickest_slice_mm": _largest([image.fact("thickness") or 0.0 for image in coarse]),
    }
    return Evidence(measured, where(coarse))


def pixels_constant(series: Series, rules: Rules) -> Evidence | None:
    """Images all of whose pixels have the same value."""
    flat = [image for image in _pictures(series) if image.measures.get("constant") is True]
    measured = {"constant": len(flat), "images": len(series.images)}
    return Evidence(measured, where(flat)) if rules.constant_pixels and flat else None


def pixels_clipped(series: Series, rules: Rules) -> Evidence | None:
    """Images with many pixels at their lowest or highest value: whatever lay beyond it is lost."""
    images = [image for image in _pictures(series) if image.measures.get("constant") is not True]
    # In MONOCHROME1 the highest value is black: what was exposed directly, and no fault.
    bright = [image for image in images if image.facts.get("photometric") != "MONOCHROME1"]
    measured, clipped = dict[str, str](), list[Image]()
    ends = (("clipped_low", rules.clipped_low, images), ("clipped_high", rules.clipped_high, bright))
    for key, limit, judged in ends:
        above = _above(judged, key, limit)
        if above:
            measured[key] = text(max(image.measure(key) or 0.0 for image in above))
            clipped += above
    return Evidence(measured, where(clipped)) if clipped else None


def pixels_truncated(series: Series, rules: Rules) -> Evidence | None:
    """Images that end early, or hold fewer frames than they state."""
    short = [image for image in series.images if image.refused in CUT_OFF or _lacks_frames(image)]
    measured = {"images": len(short), "frames_missing": sum(map(_frames_missing, short))}
    return Evidence(measured, where(short)) if rules.whole_pixels and short else None


def undecodable(series: Series, rules: Rules) -> Evidence | None:
    """Images whose pixels can't be decoded."""
    closed = [image for image in series.images if image.refused in UNREADABLE]
    measured = {"images": len(closed), "of": len(series.images)}
    return Evidence(measured, where(closed)) if rules.whole_pixels and closed else None


def noisy(series: Series, rules: Rules) -> Evidence | None:
    """A series whose median image has much noise."""
    return _median_above(series, "noise", rules.noise)


def blurred(series: Series, rules: Rules) -> Evidence | None:
    """A series whose median image lacks fine structure: out of focus, moved, or smoothed."""
    return _median_above(series, "blur", rules.blur)


def _pictures(series: Series) -> list[Image]:
    return [image for image in series.images if image.picture]


def _coarse(image: Image, rules: Rules) -> bool:
    edges = [image.fact("rows"), image.fact("columns")]
    few = rules.least_edge is not None and any(edge is not None and edge < rules.least_edge for edge in edges)
    wide = rules.widest_pixel_mm is not None and max(spacing_of(image) or (0.0,)) > float(
        rules.widest_pixel_mm
    )
    thick = image.fact("thickness") or 0.0
    return few or wide or (rules.thickest_slice_mm is not None and thick > float(rules.thickest_slice_mm))


def _largest(values: Sequence[float]) -> str | None:
    return text(max(values)) if max(values, default=0.0) > 0 else None


def _above(images: list[Image], key: str, limit: str | None) -> list[Image]:
    return [
        image
        for image in images
        if limit and (found := image.measure(key)) is not None and found > float(limit)
    ]


def _lacks_frames(image: Image) -> bool:
    return image.refused is None and _frames_missing(image) > 0


def _frames_missing(image: Image) -> int:
    return max(image.frames - image.stored, 0) if image.stored is not None else 0


def _median_above(series: Series, key: str, limit: str | None) -> Evidence | None:
    images = _pictures(series)
    known = [found for image in images if (found := image.measure(key)) is not None]
    if limit is None or not known or median(known) <= float(limit):
        return None
    measured = {"median": text(median(known)), "highest": text(max(known)), "limit": limit}
    return Evidence(measured, where(_above(images, key, limit)))
