"""What is wrong with a protocol, said all at once."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: where (a JSON Pointer), a stable code, and a sentence for the author."""

    path: str
    code: str
    message: str


class ProtocolError(ValueError):
    """The protocol is not valid; mend every fault listed in `faults` and parse again."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path or '/'}: {fault.message}" for fault in faults))


def pointer(*parts: str | int) -> str:
    """The JSON Pointer (RFC 6901) of the member at `parts`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
