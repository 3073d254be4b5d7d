"""A read in words, for those who judge it."""

from screens.forms.places import place_words
from screens.forms.readable import in_words
from tests.workflow.labels.examples import BOX_3D, DRAWN, PARSED, READ, read_with


def test_every_answer_has_its_words() -> None:
    said = {one.key: one.text for one in in_words(PARSED, READ).answers}
    assert said["quality"] == "Solid"
    assert said["grade"] == "2 · Grade 2"
    assert (said["contrast"], said["delay"], said["signs"]) == ("Yes", "30.0 s", "Edema")
    assert "pattern" not in said


def test_what_was_not_answered_says_so_and_what_was_not_asked_is_left_out() -> None:
    read = in_words(PARSED, read_with(grade={"not_assessable": True}, signs=[], contrast=None, delay=None))
    said = {one.key: (one.text, one.answered) for one in read.answers}
    assert said["grade"] == ("Not assessable", True)
    assert said["signs"] == ("None of these", True)
    assert said["contrast"] == ("no answer", False)
    assert "delay" not in said


def test_findings_flags_and_confidence_are_told() -> None:
    read = in_words(PARSED, {**READ, "flags": ["escalate", "motion"]})
    assert [(f.label, f.path) for f in read.findings] == [
        ("Nodule", "/findings/f1"),
        ("Landmark", "/findings/f2"),
    ]
    assert (read.confidence, read.flags, read.wants_senior) == ("low", ("motion",), True)


def test_places_are_told_without_uids() -> None:
    said = {key: place_words(mark) for key, mark in DRAWN.items()}
    assert said == {
        "carina": "column 1, row 2 px",
        "heart": "from (0, 0) to (5, 0) px · frame 1",
        "region": "columns 0–4, rows 0–4 (4 × 4 px)",
        "lens": "centre (0.009, 0.009), radii 0.005 and 0.003 px, angle 179.999°",
        "lobe": "outline of 4 points with 1 hole",
        "lung": "painted on slices 2–3",
        "beat": "frames 1–12",
    }
    assert place_words(BOX_3D).endswith("· slices 3–6")
