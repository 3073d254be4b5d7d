"""Why people do what needs a reason: codes that can be counted, with the words in which they are offered."""

from typing import Final

Reasons = tuple[tuple[str, str], ...]

SKIP: Final[Reasons] = (
    ("known_patient", "I recognise this patient"),
    ("not_my_field", "It lies outside my field"),
    ("bad_image", "The images can't be read"),
    ("conflict_of_interest", "I have a conflict of interest"),
    ("other", "Another reason"),
)
REVIEW: Final[Reasons] = (
    ("wrong_category", "An answer doesn't fit what the images show"),
    ("missed", "Something was missed"),
    ("overcalled", "Something was marked that isn't there"),
    ("boundary", "A place or an outline is off"),
    ("scale_reversed", "A scale was read upside down"),
    ("slip", "A slip of the hand"),
    ("guideline_not_followed", "The guideline says otherwise"),
    ("too_hard", "It needs a senior's eye"),
    ("other", "Another reason"),
)
ARBITRATION: Final[Reasons] = (
    ("perception", "One reader saw what another did not"),
    ("interpretation", "Seen by all, judged differently"),
    ("boundary", "The place or the outline differed"),
    ("guideline_unclear", "The guideline can be read in two ways"),
    ("slip", "A slip of the hand"),
    ("image_quality", "The images are hard to read"),
    ("arbiter_reading", "My own reading decides"),
    ("sample_read", "The reads agree, and so do I"),
    ("not_determinable", "The images don't settle it"),
    ("other", "Another reason"),
)


def words_of(code: str, offered: Reasons = REVIEW) -> str:
    """The words of a code; a code that we don't offer, without its underscores."""
    return dict(offered).get(code, code.replace("_", " "))
