"""What can be done by a key, and by which key each person does it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.preferences import forget, prefer, preference, preferences_of

KEYS: Final = "keys"  # the name of the preference: a key by action
THEMES: Final = ("light", "dark")
LOOKS: Final[Mapping[str, tuple[str, ...]]] = {"theme": THEMES, "single_keys": ("on", "off")}
_SPELLED: Final = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(\S|[A-Z][A-Za-z0-9]{1,14})")
_RESERVED: Final = {
    "?": "It opens the list of keys.",
    "Tab": "It goes from one thing to the next.",
    "Escape": "It closes what is open.",
}
_ON_PAGES: Final = {
    **{str(n): "It answers the question." for n in range(1, 10)},
    "Enter": "It presses what is marked.",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does: its name for scripts, its label, and the key that it comes with."""

    name: str
    label: str
    key: str


PAGE: Final = (
    Action("submit", "Submit and next", "Ctrl+Enter"),
    Action("normal", "Normal, next: where the label schema says what is normal", "Alt+Enter"),
    Action("skip", "Skip, with a reason", "Ctrl+Space"),
    Action("next-question", "Go to the next question without an answer", "n"),
    Action("guideline", "Open or close the guideline", "g"),
    Action("guideline-search", "Search the guideline", "/"),
    Action("issue", "Raise an issue with the manager", "i"),
    Action("report", "Report an urgent or incidental finding", "u"),
)
# As the files of frontend/src/island have them; a test holds both against each other.
VIEWER: Final = (
    Action("wl", "Window and level by dragging", "w"),
    Action("zoom", "Zoom by dragging", "z"),
    Action("pan", "Move the picture by dragging", "p"),
    Action("scroll", "Go through the slices by dragging", "s"),
    Action("probe", "Read the value under the mouse", "q"),
    Action("next-image", "Next slice", "PageDown"),
    Action("previous-image", "Previous slice", "PageUp"),
    Action("forward", "Ten slices on", "Shift+PageDown"),
    Action("backward", "Ten slices back", "Shift+PageUp"),
    Action("first-image", "First slice", "Home"),
    Action("last-image", "Last slice", "End"),
    Action("play", "Play or stop the film", "Space"),
    Action("invert", "Turn black and white round", "v"),
    Action("mirror", "Mirror left and right", "h"),
    Action("fit", "As large as it fits", "f"),
    Action("reset", "Window, place and size as at the beginning", "r"),
    Action("zoom-in", "Larger", "+"),
    Action("zoom-out", "Smaller", "-"),
    Action("next-cell", "Next cell", "c"),
    Action("previous-cell", "Previous cell", "x"),
    Action("next-series", "Next series in this cell", "."),
    Action("previous-series", "Previous series in this cell", ","),
    Action("link", "All cells scroll together", "l"),
    Action("compare", "This series beside its prior", "d"),
    Action("usual", "Hang as the protocol does, and forget what I chose", "b"),
    Action("mpr", "Three planes through the volume", "m"),
    Action("undo", "Take the last change of a mark back", "Ctrl+z"),
    Action("redo", "Do it again", "Ctrl+y"),
    Action("next-mark", "Next mark", "t"),
    Action("previous-mark", "Previous mark", "Shift+t"),
    Action("remove-mark", "Remove the selected mark", "Delete"),
    Action("first-slice", "The selected mark begins here", "["),
    Action("last-slice", "The selected mark ends here", "]"),
    Action("finish", "Close the outline", "Enter"),
    Action("erase", "The brush erases", "e"),
    Action("brush-smaller", "Smaller brush", ";"),
    Action("brush-larger", "Larger brush", "'"),
)
GROUPS: Final = (("On the page", PAGE), ("On the images", VIEWER))


def keys_of(user: UUID) -> dict[str, str]:
    """The keys that a person chose, by action; the others are as they come."""
    return _known(preference(user, KEYS))


def keys_in(chosen: Mapping[str, Any]) -> dict[str, str]:
    """The same, of all that a person chose."""
    return _known(chosen.get(KEYS))


def page_keys(chosen: Mapping[str, str], more: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """The list of a reading page's keys, as its person has them."""
    return [*more, *((chosen.get(one.name, one.key), one.label) for one in PAGE)]


def choose_keys(*, user: UUID, wanted: Mapping[str, str]) -> dict[str, str]:
    """Remember the keys that differ from those that come; what is wrong, by action, and then nothing is changed."""
    faults = dict(_faults(wanted))
    if not faults:
        chosen = {one.name: wanted[one.name] for _, group in GROUPS for one in group if _differs(one, wanted)}
        prefer(user=user, name=KEYS, value=chosen)
    return faults


def reset_keys(*, user: UUID) -> None:
    """All keys as they come."""
    forget(user=user, name=KEYS)


def looks(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the theme and keys of whoever is signed in. One query."""
    if not request.user.is_authenticated:
        return {}
    found = preferences_of(request.user.pk)
    told = {name: found[name] for name, values in LOOKS.items() if found.get(name) in values}
    return {"looks": {**told, "keys": keys_in(found), "url": reverse("remember_look")}}


def _known(chosen: Any) -> dict[str, str]:
    names = {one.name for _, group in GROUPS for one in group}
    given = chosen if isinstance(chosen, dict) else {}
    return {name: str(key) for name, key in given.items() if name in names}


def _differs(one: Action, wanted: Mapping[str, str]) -> bool:
    return wanted.get(one.name, one.key) not in ("", one.key)


def _faults(wanted: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    on_page = {wanted.get(one.name) or one.key: one for one in PAGE}
    for _, group in GROUPS:
        taken: dict[str, str] = {}
        for one in group:
            key = wanted.get(one.name) or one.key
            reserved = _RESERVED | (_ON_PAGES if group is PAGE else {})
            if not _SPELLED.fullmatch(key):
                yield one.name, "Press a key here, alone or with Ctrl, Alt or Shift."
            elif key in reserved:
                yield one.name, f"{key} can’t be used: {reserved[key][0].lower()}{reserved[key][1:]}"
            elif key in taken:
                yield one.name, f"{key} does “{taken[key]}” already. Choose another key for one of them."
            elif group is VIEWER and key in on_page:
                yield one.name, f"{key} does “{on_page[key].label}” on the page already. Choose another key."
            taken.setdefault(key, one.label)
