"""What changed between two texts, word by word, as pieces that a page marks by more than their colour."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE: Final = 0.5  # of a paragraph's words: beyond that it is shown as replaced whole


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether they are the same, added or removed."""

    kind: str
    text: str


@dataclass(slots=True)
class Paragraph:
    """A paragraph that changed, and the heading that it stands under."""

    heading: str
    pieces: list[Piece] = field(default_factory=list)


def changes(before: str, after: str) -> list[Paragraph]:
    """The paragraphs that differ, in the order of the newer text; none if the texts are the same."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            heading = _heading_before(new, c) or _heading_before(old, a)
            found += [Paragraph(heading, pieces) for pieces in _replaced(old[a:b], new[c:d])]
    return found


def words(before: str, after: str) -> list[Piece]:
    """The pieces of one paragraph that became another."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(new[c:d])))
            continue
        told = (("removed", old[a:b]), ("added", new[c:d]))
        found += [Piece(name, "".join(text)) for name, text in told if text]
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Piece]]:
    """Paragraphs that gave way to others: those that are alike word by word, the others whole."""
    left = list(new)
    for one in old:
        near = difflib.get_close_matches(one, left, 1, _ALIKE)
        if near:
            while left[0] != near[0]:
                yield [Piece("added", left.pop(0))]
            yield words(one, left.pop(0))
        else:
            yield [Piece("removed", one)]
    yield from ([Piece("added", text)] for text in left)


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _heading_before(paragraphs: Sequence[str], at: int) -> str:
    above = (line for line in reversed(paragraphs[:at]) if line.startswith("#"))
    return next(above, "").lstrip("#").strip()
