"""What the worker is told once, and what it tells of each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypedDict

from imaging.limits import Limits

FEWEST_KEY_BYTES = 32


@dataclass(frozen=True)
class Recipe:
    """How files are prepared: the project's key, its options of de-identification, and the limits.

    options: `imaging.deid.options.Options.to_json()`. The key is never shown.
    """

    key: bytes = field(repr=False)
    options: Mapping[str, bool] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if len(self.key) < FEWEST_KEY_BYTES:
            raise ValueError(f"A key of de-identification has at least {FEWEST_KEY_BYTES} bytes.")

    def to_json(self) -> dict[str, Any]:
        """For the worker's standard input, nowhere else: it holds the key."""
        return {"key": self.key.hex(), "options": dict(self.options), "limits": self.limits.to_json()}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """The same again."""
        return cls(bytes.fromhex(document["key"]), document["options"], Limits.from_json(document["limits"]))


class Prepared(TypedDict):
    """A file that was taken in.

    original_digest, digest: "sha256:…" of the file as sent and of the stored file; sizes in bytes. patient, study,
    series, instance: pseudonyms. identity: the originals, for the vault only. facts: of the file as sent
    (imaging.facts), and frame_of_reference, a pseudonym or None. measures: of its pixels (imaging.measuring).
    frames: [offset, length] of each frame's bytes in the stored file. likeness: 16 hexadecimal digits, None for
    a constant picture. dates: {"study": the shifted date as YYYY-MM-DD, or None}.
    """

    original_digest: str
    original_size: int
    patient: str
    study: str
    series: str
    instance: str
    identity: dict[str, Any]
    facts: dict[str, Any]
    measures: dict[str, Any]
    frames: list[list[int]]
    digest: str
    size: int
    likeness: str | None
    burned_in: dict[str, Any]
    dates: dict[str, str | None]
