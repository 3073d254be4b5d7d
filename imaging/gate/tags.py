"""Rules on what the headers say: tags that a modality needs, that must agree, and that a project asks for."""

from collections import Counter
from typing import Any, Final

from .parameters import Rules
from .series import Evidence, Image, Series, where
from .vectors import number

PLACED: Final = ("spacing", "position", "orientation")
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "CT": PLACED,
    "MR": PLACED,
    "PT": (*PLACED, "units", "suv"),
    "DX": ("spacing",),
    "MG": ("spacing", "laterality", "view_position"),
    "OP": ("laterality",),
}
"""The facts that an image of a modality must state; beside them, of every image, its modality."""
TIMED: Final = ("US", "XA", "RF", "IVUS")
"""The modalities of which several frames are a film: they need the time from frame to frame."""
AGREE: Final = ("modality", "sex")
AGREE_IN_VOLUMES: Final = ("frame_of_reference", "rows", "columns", "samples", "photometric", "units")
KEPT_BACK: Final = ("frame_of_reference",)  # told as a number: a UID says nothing to a manager


def tags_missing(series: Series, rules: Rules) -> Evidence | None:
    """Images that don't state what their modality needs."""
    lacking = [(image, missing) for image in _read(series) if (missing := _missing(image))]
    if not rules.tags_present or not lacking:
        return None
    counted = Counter(key for _, missing in lacking for key in missing)
    return Evidence({"missing": dict(sorted(counted.items()))}, where([image for image, _ in lacking]))


def tags_inconsistent(series: Series, rules: Rules) -> Evidence | None:
    """Facts that differ though the images are of one series; what an image doesn't state can't differ."""
    if not rules.tags_agree:
        return None
    differ: dict[str, list[str] | int] = {}
    odd: list[Image] = []
    for key, images in [(key, _read(series)) for key in AGREE] + [
        (key, series.volume) for key in AGREE_IN_VOLUMES
    ]:
        values = {image.place: str(image.facts[key]) for image in images if image.facts.get(key) is not None}
        if len(different := sorted(set(values.values()))) > 1:
            differ[key] = len(different) if key in KEPT_BACK else different[:5]
            odd += [image for image in images if values.get(image.place) not in (None, _usual(values))]
    return Evidence({"differ": differ}, where(odd)) if differ else None


def wrong_modality(series: Series, rules: Rules) -> Evidence | None:
    """Images of a modality that the project doesn't take."""
    return _outside(series, "modality", rules.modalities)


def wrong_body_part(series: Series, rules: Rules) -> Evidence | None:
    """Images of a body part that the project doesn't take, or of one that isn't stated."""
    return _outside(series, "body_part", rules.body_parts)


def lossy_above_limit(series: Series, rules: Rules) -> Evidence | None:
    """Images that were compressed with loss, more than allowed or by a ratio that isn't stated."""
    if rules.lossy_ratio is None:
        return None
    limit = float(rules.lossy_ratio)
    lossy = [image for image in _read(series) if image.facts.get("lossy") is True]
    above = [image for image in lossy if limit < _ratio(image)]
    if not above:
        return None
    ratios = sorted({ratio for image in above if (ratio := _ratio(image)) != float("inf")})
    measured = {"highest_ratio": f"{ratios[-1]:g}" if ratios else None, "limit": rules.lossy_ratio}
    return Evidence(measured, where(above))


def _read(series: Series) -> list[Image]:
    return [image for image in series.images if image.refused is None]


def _missing(image: Image) -> list[str]:
    needed = ["modality", *NEEDED.get(image.modality, ())]
    if image.frames > 1 and image.modality in TIMED:
        needed.append("frame_time")
    return [key for key in needed if not _stated(image, key)]


def _stated(image: Image, key: str) -> bool:
    if key == "position":
        return image.located
    if key == "orientation":
        return image.directions is not None
    value: Any = image.facts.get(key)
    return value not in (None, "", [])


def _usual(values: dict[int, str]) -> str:
    """The value that most images state; of several the first in the alphabet."""
    counted = Counter(values.values())
    return min(counted, key=lambda one: (-counted[one], one))


def _outside(series: Series, key: str, allowed: tuple[str, ...] | None) -> Evidence | None:
    if allowed is None:
        return None
    wrong = [image for image in _read(series) if image.facts.get(key) not in allowed]
    found = sorted({str(image.facts.get(key) or "not stated") for image in wrong})
    return Evidence({"found": found[:5], "allowed": list(allowed)}, where(wrong)) if wrong else None


def _ratio(image: Image) -> float:
    """The stated ratio, of several successive ones the highest; without one it's beyond every limit."""
    stated = image.facts.get("lossy_ratio")
    several = stated if isinstance(stated, list | tuple) else [stated]
    known = [ratio for one in several if (ratio := number(one)) is not None]
    return max(known, default=float("inf"))
