"""Keys can be changed by whoever uses them; conflicts are said, and pages follow what was chosen."""

import re
from pathlib import Path
from typing import Any

import pytest

from accounts.preferences import prefer, preference
from screens.keymap import GROUPS, PAGE, VIEWER, choose_keys, keys_of
from tests.people import person, study
from tests.screens.clinician.seat import Seat, said

pytestmark = pytest.mark.django_db
ISLAND = Path(__file__).resolve().parents[2] / "frontend" / "src" / "island"
STATED = re.compile(r'name: "([a-z-]+)",[^`]*?label: "([^"]+)",\s*key: "([^"]+)"')
DRAGGED = re.compile(r'^  ([a-z]+): \["[^"]+", "([^"]+)", "([a-z])"\]', re.M)


def form(**changed: str) -> dict[str, str]:
    """The page as it comes, with some keys changed."""
    keys = {one.name: one.key for _, group in GROUPS for one in group}
    return {f"key.{name}": key for name, key in {**keys, **changed}.items()}


def test_the_viewers_actions_are_those_of_the_viewer() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(ISLAND.glob("*.ts")))
    stated = {*STATED.findall(source), *DRAGGED.findall(source)} - {("cancel", "Stop drawing", "Escape")}
    assert {(one.name, one.label, one.key) for one in VIEWER} == stated


def test_no_two_things_come_with_one_key() -> None:
    every = [*PAGE, *VIEWER]
    assert len({one.key for one in every}) == len(every)


def test_a_key_that_was_chosen_is_kept_and_stands_in_the_list_and_the_page() -> None:
    study("case-1")
    anna = Seat("anna")
    told = anna.http.post("/account/keys/", form(issue="y"), follow=True)
    assert "Your keys are kept" in said(told)
    assert keys_of(person("anna").pk) == {"issue": "y"}
    page = anna.start().content.decode()
    assert 'data-keys="{&quot;issue&quot;: &quot;y&quot;}"' in page
    assert "<kbd>y</kbd></td><td>Raise an issue" in page
    assert keys_of(person("bob").pk) == {}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"issue": "u"}, "does “Raise an issue with the manager” already"),
        ({"issue": "1"}, "it answers the question"),
        ({"issue": "?"}, "it opens the list of keys"),
        ({"issue": "two words"}, "Press a key here"),
        ({"zoom": "i"}, "on the page already"),
        ({"zoom": "w"}, "does “Window and level by dragging” already"),
    ],
)
def test_what_cannot_be_a_key_is_said_and_nothing_is_changed(changed: dict[str, str], why: str) -> None:
    maria = Seat("maria")
    answer = maria.http.post("/account/keys/", form(**changed))
    assert answer.status_code == 422
    assert why.replace("“", "").replace("”", "") in said(answer).replace("“", "").replace("”", "")
    assert keys_of(person("maria").pk) == {}


def test_two_keys_can_be_exchanged() -> None:
    user = person("anna").pk
    assert choose_keys(user=user, wanted={"issue": "u", "report": "i"}) == {}
    assert keys_of(user) == {"issue": "u", "report": "i"}


def test_all_keys_can_be_put_back() -> None:
    anna = Seat("anna")
    anna.http.post("/account/keys/", form(issue="y"))
    assert "as they come" in said(anna.http.post("/account/keys/", {"do": "reset"}, follow=True))
    assert preference(person("anna").pk, "keys") is None


@pytest.mark.parametrize("kept", ["x", ["issue"], {"gossip": "g"}, 4])
def test_what_is_no_choice_of_keys_counts_as_none(kept: Any) -> None:
    prefer(user=person("anna").pk, name="keys", value=kept)
    assert keys_of(person("anna").pk) == {}


def test_the_theme_follows_its_person() -> None:
    anna = Seat("anna")
    assert anna.http.post("/account/looks", {"name": "theme", "value": "light"}).status_code == 204
    assert 'data-theme="light"' in Seat("anna").get("/account/").content.decode()
    assert "data-theme=" not in Seat("bob").get("/account/").content.decode()
    for wrong in ({"name": "theme", "value": "pink"}, {"name": "keys", "value": "x"}, {}):
        assert anna.http.post("/account/looks", wrong).status_code == 422
