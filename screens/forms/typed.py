"""What was typed into a form: names of inputs to the texts in them, as a browser sends them and a draft keeps them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Pairs = Mapping[str, Iterable[str]]

FIELDS, FINDINGS = "fields", "findings"
# No category can have these values: theirs are ASCII.
NOT_ASSESSABLE = "not·assessable"
NONE_OF_THESE = "none·of·these"
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_FINDING = re.compile(rf"{FINDINGS}\.([0-9]{{1,6}})\.")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form's texts by the names of their inputs; a checkbox group has several."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Pairs) -> "Typed":
        """What a browser sent, in our own line ends, without what can't be stored; findings counted from 0."""
        return cls(
            {name: tuple(_clean(text) for text in given) for name, given in pairs.items()}
        ).renumbered()

    def one(self, name: str) -> str:
        """The text of an input, empty if it wasn't sent."""
        given = self.texts.get(name, ())
        return given[-1] if given else ""

    def all(self, name: str) -> tuple[str, ...]:
        """The texts of a group of checkboxes."""
        return self.texts.get(name, ())

    def under(self, prefix: str) -> "Typed":
        """The part of the form whose names begin so."""
        return Typed({name: given for name, given in self.texts.items() if name.startswith(prefix)})

    def with_texts(self, more: Pairs) -> "Typed":
        """The same form with some texts more, or others."""
        return Typed({**self.texts, **{name: tuple(given) for name, given in more.items()}})

    def without(self, prefix: str) -> "Typed":
        """The same form without the inputs whose names begin so."""
        return Typed({name: given for name, given in self.texts.items() if not name.startswith(prefix)})

    def findings(self) -> list[int]:
        """The numbers of the findings on the form, in their order."""
        numbers = {int(found[1]) for name in self.texts if (found := _FINDING.match(name))}
        return sorted(numbers)

    def renumbered(self) -> "Typed":
        """The same form with its findings counted 0, 1, 2, as a read lists them."""
        place = {old: new for new, old in enumerate(self.findings())}
        return Typed({_moved(name, place): given for name, given in self.texts.items()})

    def as_draft(self) -> dict[str, list[str]]:
        """What a draft keeps: everything that isn't empty."""
        return {name: list(given) for name, given in self.texts.items() if any(given)}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, text) for name, given in self.texts.items() for text in given)


def name_of_finding(number: int) -> str:
    """What the names of a finding's inputs begin with."""
    return f"{FINDINGS}.{number}"


def _moved(name: str, place: Mapping[int, int]) -> str:
    found = _FINDING.match(name)
    return f"{name_of_finding(place[int(found[1])])}.{name[found.end() :]}" if found else name


def _clean(text: str) -> str:
    return _BAD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
