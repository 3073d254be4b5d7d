"""Faults: what is wrong in a document, where it stands, and how to mend it."""

from dataclasses import dataclass

MOST_FAULTS = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `path` is a JSON pointer, `code` stable snake_case, `message` a sentence."""

    path: str
    code: str
    message: str


class FaultyDocument(ValueError):
    """The document has faults; all of them are in `faults`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path or '/'}: {fault.message}" for fault in faults[:5]))
        self.faults = faults


class SchemaError(FaultyDocument):
    """The label schema has faults and cannot be used."""


class LabelsInvalid(FaultyDocument):
    """The read does not fit its label schema."""


class FaultList:
    """Collects faults; `count` also counts those that repeat an earlier fault at the same path."""

    def __init__(self) -> None:
        self.count = 0
        self._listed: dict[Fault, None] = {}
        self._profile_paths: set[str] = set()

    def add(self, path: str, code: str, message: str) -> None:
        """Note a fault, unless the same one, or a fault of the bare JSON, stands at that path already."""
        self.count += 1
        if path not in self._profile_paths and len(self._listed) <= MOST_FAULTS:
            self._listed[Fault(path, code, message)] = None

    def add_profile(self, path: str, code: str, message: str) -> None:
        """Note a fault of the bare JSON; it speaks for every later fault at the same path."""
        self.add(path, code, message)
        self._profile_paths.add(path)

    def codes(self) -> set[str]:
        """Return the codes found so far."""
        return {fault.code for fault in self._listed}

    def places(self) -> set[str]:
        """Return the paths of the faults and of everything around them."""
        steps = [fault.path.split("/") for fault in self._listed]
        return {"/".join(parts[:n]) for parts in steps for n in range(1, len(parts) + 1)}

    def listed(self) -> list[Fault]:
        """Return the faults in the order in which they were found, at most `MOST_FAULTS` and a last word."""
        faults = list(self._listed)
        if len(faults) <= MOST_FAULTS:
            return faults
        more = Fault("", "more_faults", f"There are more faults; only the first {MOST_FAULTS} are shown.")
        return [*faults[:MOST_FAULTS], more]

    def raise_as(self, error: type[FaultyDocument]) -> None:
        """Raise `error` with all the faults, if there is any."""
        if self._listed:
            raise error(self.listed())


def at(path: str, *steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a place below `path`, ASCII only."""
    return path + "".join("/" + _escaped(str(step)) for step in steps)


def _escaped(step: str) -> str:
    return ascii_only(step[:200]).replace("~", "~0").replace("/", "~1")


def ascii_only(text: str) -> str:
    """Return `text` with everything outside ASCII written as an escape, so that it can always be sent."""
    return text.encode("ascii", "backslashreplace").decode("ascii")


def shown(value: object) -> str:
    """Return a short picture of any value, for messages."""
    match value:
        case bool() | None:
            return {True: "true", False: "false", None: "nothing"}[value]
        case int():
            return str(value) if value.bit_length() <= 64 else "a very long number"
        case float():
            return repr(value)
        case str():
            return '"' + ascii_only(value[:40]) + ('..."' if len(value) > 40 else '"')
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "something that is not JSON"
