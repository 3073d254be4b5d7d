"""The table of the gate's rules, and the judgement of a series by them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import geometry, pixels, tags
from .parameters import PARAMETERS, BadRules, Parameter, Rules
from .series import Evidence, Series

__all__ = ["PARAMETERS", "RULES", "BadRules", "Found", "Parameter", "Rule", "Rules", "judge"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a manager must look at: which rule, in words, its measured values, which images (from 0, as given)."""

    code: str
    sentence: str
    measured: dict[str, Any]
    where: list[int]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON; no floats, nothing that identifies."""
        return {"code": self.code, "sentence": self.sentence, "measured": self.measured, "where": self.where}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, what it tells a manager, and the function that measures."""

    code: str
    sentence: str
    measure: Callable[[Series, Rules], Evidence | None]


RULES: Final = (
    Rule("tags_missing", "Images lack what their modality must state.", tags.tags_missing),
    Rule(
        "tags_inconsistent",
        "Images of one series contradict each other: it may be mixed from several.",
        tags.tags_inconsistent,
    ),
    Rule("wrong_modality", "The project doesn't take this modality.", tags.wrong_modality),
    Rule(
        "wrong_body_part",
        "The project doesn't take this body part, or the images don't state theirs.",
        tags.wrong_body_part,
    ),
    Rule(
        "slice_gap",
        "Slices don't lie at even distances: some may be missing.",
        geometry.slice_gap,
    ),
    Rule(
        "slice_duplicate",
        "Several slices lie at one place: sent twice, or a repeated part of the scan.",
        geometry.slice_duplicate,
    ),
    Rule(
        "orientation_mixed",
        "Slices lie in different directions: a scout or localiser may be among them.",
        geometry.orientation_mixed,
    ),
    Rule(
        "spacing_mixed",
        "Slices differ in pixel spacing or thickness: a scout may be among them, or two reconstructions.",
        geometry.spacing_mixed,
    ),
    Rule("too_few_slices", "The series has fewer slices than the project wants.", geometry.too_few_slices),
    Rule("low_resolution", "Images are coarser than the project wants.", pixels.low_resolution),
    Rule("pixels_constant", "Images show nothing: every pixel has the same value.", pixels.pixels_constant),
    Rule(
        "pixels_clipped",
        "Many pixels have the lowest or highest value: what lay beyond it is lost.",
        pixels.pixels_clipped,
    ),
    Rule(
        "pixels_truncated", "Images end early or hold fewer frames than they state.", pixels.pixels_truncated
    ),
    Rule("undecodable", "The pixels of images can't be decoded.", pixels.undecodable),
    Rule(
        "lossy_above_limit",
        "Images lost detail by compression, by more than the project allows or by an unknown ratio.",
        tags.lossy_above_limit,
    ),
    Rule("noisy", "The series is likely noisy.", pixels.noisy),
    Rule("blurred", "The series is likely blurred: by motion, focus or smoothing.", pixels.blurred),
)


def judge(series: Sequence[Mapping[str, Any]], rules: Rules | None = None) -> list[Found]:
    """What the rules find in the images of one series, in the order of the table; nothing: it may pass.

    Each image is an object: `facts`, `measures` (may be null) and `frames` (the byte ranges of its stored
    frames, or their number; may be null). One that was refused at intake but belongs here has its code in `refused`.
    The order of the images changes nothing but the numbers in `where`.
    """
    images, asked = Series(series), rules or Rules()
    found = ((rule, rule.measure(images, asked)) for rule in RULES)
    return [
        Found(rule.code, rule.sentence, evidence.measured, evidence.where)
        for rule, evidence in found
        if evidence
    ]
