"""What a person chose is theirs alone, one value under each name, and small."""

import pytest

from accounts.preferences import LARGEST, TooLarge, forget, prefer, preference, preferences_of
from tests.people import person

pytestmark = pytest.mark.django_db


def test_the_last_choice_under_a_name_counts_and_nobody_elses():
    anna, bob = person("anna").pk, person("bob").pk
    for value in ("light", "dark"):
        prefer(user=anna, name="theme", value=value)
    prefer(user=bob, name="theme", value="light")
    assert preferences_of(anna) == {"theme": "dark"}
    forget(user=anna, name="theme")
    assert preference(anna, "theme") is None
    assert preference(bob, "theme") == "light"


def test_a_preference_is_no_place_to_store_things():
    with pytest.raises(TooLarge):
        prefer(user=person("anna").pk, name="theme", value="x" * LARGEST)
