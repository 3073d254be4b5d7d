"""Which options of PS3.15 Annex E a project has chosen beside the Basic Profile."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Options:
    """All False is the Basic Application Level Confidentiality Profile alone (PS3.15 E.2)."""

    modified_dates: bool = False  # E.3.6, with modified dates
    device: bool = False  # E.3.8
    patient_characteristics: bool = False  # E.3.7
    clean_descriptors: bool = False  # E.3.5

    def to_json(self) -> dict[str, bool]:
        """The options by name, all of them."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Options":
        """Options of such a mapping, absent ones False; ValueError at an unknown name or a value not true or false."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise ValueError(f"Not an option of de-identification: {', '.join(unknown)}.")
        if wrong := sorted(name for name, chosen in value.items() if not isinstance(chosen, bool)):
            raise ValueError(f"An option is true or false: {', '.join(wrong)}.")
        return cls(**{name: chosen is True for name, chosen in value.items()})
