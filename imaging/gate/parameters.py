"""The rules of a project's quality gate: their parameters, defaults and bounds, in JSON and out of it."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from .kinds import Codes, Kind, Limit, Switch, Whole, fault


class BadRules(ValueError):
    """Rules that can't be taken; `faults` says where and why: path, code, message."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__(" ".join(one["message"] for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Rules:
    """What a project asks of a series. Null turns a limit off; the defaults are those of docs/quality-gate.md."""

    modalities: tuple[str, ...] | None = None
    body_parts: tuple[str, ...] | None = None
    tags_present: bool = True
    tags_agree: bool = True
    gap_tolerance: str | None = "0.2"
    duplicates: bool = True
    orientation_degrees: str | None = "1"
    spacing_tolerance: str | None = "0.01"
    least_slices: int | None = None
    least_edge: int | None = 64
    widest_pixel_mm: str | None = None
    thickest_slice_mm: str | None = None
    constant_pixels: bool = True
    clipped_low: str | None = None
    clipped_high: str | None = "0.05"
    whole_pixels: bool = True
    lossy_ratio: str | None = "20"
    noise: str | None = "0.07"
    blur: str | None = "0.7"

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Rules from an object of parameters; what it doesn't name has its default. BadRules if any is wrong."""
        if faults := _faults(value):
            raise BadRules(faults)
        given: dict[str, Any] = {
            key: tuple(one) if isinstance(one, list) else one for key, one in value.items()
        }
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """Every parameter, as `from_json` takes it."""
        return {key: list(one) if isinstance(one, tuple) else one for key, one in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the rules: what it takes, and what it means to a manager."""

    key: str
    kind: Kind
    sentence: str


PARAMETERS: Final = (
    Parameter("modalities", Codes(), "Modalities that the project takes, such as CT; null takes any."),
    Parameter(
        "body_parts", Codes(), "Body parts as the images state them, such as CHEST; null takes any or none."
    ),
    Parameter("tags_present", Switch(), "Whether an image must state what its modality needs."),
    Parameter("tags_agree", Switch(), "Whether the images of a series must agree on what they are of."),
    Parameter(
        "gap_tolerance",
        Limit("0.01", "10"),
        "How far the distance of two slices may lie from the usual one, as a share of it.",
    ),
    Parameter("duplicates", Switch(), "Whether a slice that is there twice is held."),
    Parameter(
        "orientation_degrees", Limit("0.01", "90"), "How far a slice may be tilted against the others."
    ),
    Parameter(
        "spacing_tolerance",
        Limit("0.0001", "1"),
        "How far pixel spacing and slice thickness may differ within a series, as a share.",
    ),
    Parameter("least_slices", Whole(1, 10_000), "The least number of slices in a series of CT, MR or PET."),
    Parameter("least_edge", Whole(1, 10_000), "The least number of rows, and of columns."),
    Parameter("widest_pixel_mm", Limit("0.01", "100"), "The widest spacing of pixels in millimetres."),
    Parameter("thickest_slice_mm", Limit("0.01", "100"), "The thickest slice in millimetres."),
    Parameter("constant_pixels", Switch(), "Whether an image of one single value is held."),
    Parameter(
        "clipped_low", Limit("0.001", "1"), "The largest share of pixels at the lowest value of an image."
    ),
    Parameter(
        "clipped_high", Limit("0.001", "1"), "The largest share of pixels at the highest value of an image."
    ),
    Parameter("whole_pixels", Switch(), "Whether images with cut off or unreadable pixels hold a series."),
    Parameter(
        "lossy_ratio",
        Limit("1", "1000"),
        "The strongest lossy compression; 1 allows none that loses anything.",
    ),
    Parameter("noise", Limit("0.001", "1"), "The most noise, as a share of the range of values."),
    Parameter("blur", Limit("0.01", "1"), "The most blur, from 0 (sharp) to 1."),
)
"""Every field of `Rules`, in its order."""


def _faults(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, dict):
        return [fault("", "not_an_object", "Give an object of rules and their values.")]
    kinds = {one.key: one.kind for one in PARAMETERS}
    found = []
    for key, one in value.items():
        path = f"/{str(key).replace('~', '~0').replace('/', '~1')}"
        if key not in kinds:
            found.append(fault(path, "unknown_rule", f"Choose from {', '.join(kinds)}."))
        else:
            found += kinds[key].faults(one, path)
    return found


assert [one.key for one in PARAMETERS] == [one.name for one in fields(Rules)]
