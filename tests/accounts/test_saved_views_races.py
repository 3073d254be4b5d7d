"""A person in many windows at once: no more views than allowed, one that opens first, one choice of columns."""

import pytest

from accounts.models import SavedView, ShownColumns
from accounts.saved_views import MOST_VIEWS, Place, TooManyViews, open_first, remember_columns, save_view
from tests.crowd import all_at_once
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
WINDOWS = 6


def test_many_windows_keep_no_more_views_than_allowed_and_open_one_first() -> None:
    place = Place(person("maria").pk, "chest", "project_cases")
    for number in range(MOST_VIEWS - 2):
        save_view(place=place, name=f"View {number}", query="held=yes")

    def save(name: str) -> bool:
        try:
            return bool(save_view(place=place, name=name, query="held=no"))
        except TooManyViews:
            return False

    saved = all_at_once([lambda n=n: save(f"Window {n}") for n in range(WINDOWS)])  # type: ignore[misc]
    assert (sum(saved), SavedView.objects.count()) == (2, MOST_VIEWS)
    views = list(SavedView.objects.all()[:WINDOWS])
    all_at_once([lambda v=v: open_first(user=place.user, view_id=v.pk) for v in views])  # type: ignore[misc]
    assert SavedView.objects.filter(opens_first=True).count() == 1


def test_many_windows_choose_columns_once() -> None:
    maria = person("maria").pk
    chosen = [[f"column_{n}"] for n in range(WINDOWS)]
    all_at_once([lambda c=c: remember_columns(user=maria, name="cases", columns=c) for c in chosen])  # type: ignore[misc]
    assert ShownColumns.objects.get().columns in chosen
