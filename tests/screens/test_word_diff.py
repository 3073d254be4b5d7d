"""What changed between two texts is told word by word, under its heading."""

from hypothesis import given
from hypothesis import strategies as st

from screens.word_diff import Piece, changes, words


def test_a_changed_word_stands_among_those_that_stayed():
    assert words("Mark nodules of 3 mm.", "Mark nodules of 4 mm.") == [
        Piece("same", "Mark nodules of "),
        Piece("removed", "3"),
        Piece("added", "4"),
        Piece("same", " mm."),
    ]


def test_only_paragraphs_that_differ_are_told_with_their_heading():
    before = "# Nodules\nMark all of 3 mm.\n# Vessels\nLeave them out."
    after = "# Nodules\nMark all of 4 mm.\n# Vessels\nLeave them out.\nAsk if in doubt."
    first, second = changes(before, after)
    assert (first.heading, second.heading) == ("Nodules", "Vessels")
    assert second.pieces == [Piece("added", "Ask if in doubt.")]
    assert changes(after, after) == []


@given(st.text("ab \n#", max_size=60), st.text("ab \n#", max_size=60))
def test_what_stayed_and_what_was_added_is_the_newer_paragraph(old: str, new: str):
    kept = "".join(p.text for p in words(old, new) if p.kind != "removed")
    gone = "".join(p.text for p in words(old, new) if p.kind != "added")
    assert (kept, gone) == (new, old)


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_no_paragraph_is_lost(old: str, new: str):
    told = changes(old, new)
    before, after = ([line.strip() for line in text.split("\n") if line.strip()] for text in (old, new))
    for paragraph in told:
        kept = "".join(p.text for p in paragraph.pieces if p.kind != "removed")
        gone = "".join(p.text for p in paragraph.pieces if p.kind != "added")
        assert not kept or kept in after
        assert not gone or gone in before
    assert bool(told) == (before != after)
