"""Saved views and remembered columns: whose they are, what their names mean, and what bounds them."""

from uuid import uuid4

import pytest

from accounts.models import SavedView
from accounts.saved_views import (
    MOST_VIEWS,
    NameTaken,
    Place,
    TooManyViews,
    columns_of,
    delete_view,
    forget_columns,
    open_first,
    own_view,
    remember_columns,
    rename_view,
    save_view,
    views_at,
    views_of,
)
from tests.people import person

pytestmark = pytest.mark.django_db


def cases_of(name: str, project: str = "chest", of: str = "project_cases") -> Place:
    return Place(person(name).pk, project, of)


def names(place: Place) -> list[str]:
    return [view.name for view in views_at(place)]


def test_a_view_is_of_one_person_one_list_and_one_project() -> None:
    save_view(place=cases_of("maria"), name="Late", query="held=yes")
    assert names(cases_of("maria")) == ["Late"]
    assert names(cases_of("mehmet")) == names(cases_of("maria", "knee")) == []
    assert names(cases_of("maria", of="project_work")) == []
    save_view(place=cases_of("maria", "knee"), name="Late", query="held=no")
    assert [view.project for view in views_of(person("maria").pk)] == ["chest", "knee"]


def test_a_name_that_is_taken_is_replaced_only_when_one_says_so() -> None:
    place = cases_of("maria")
    first = save_view(place=place, name="Late", query="held=yes")
    assert save_view(place=place, name="Late", query="held=yes") == first
    with pytest.raises(NameTaken):
        save_view(place=place, name="Late", query="held=no")
    save_view(place=place, name="Late", query="held=no", replace=True)
    assert [(view.pk, view.query) for view in views_at(place)] == [(first.pk, "held=no")]


def test_replacing_a_view_keeps_that_it_opens_first() -> None:
    place = cases_of("maria")
    view = save_view(place=place, name="Late", query="held=yes")
    open_first(user=place.user, view_id=view.pk)
    save_view(place=place, name="Late", query="held=no", replace=True)
    assert views_at(place).get().opens_first


def test_there_are_only_so_many_views_of_a_list() -> None:
    place = cases_of("maria")
    for number in range(MOST_VIEWS):
        save_view(place=place, name=f"View {number}", query="held=yes")
    with pytest.raises(TooManyViews):
        save_view(place=place, name="One more", query="held=yes")
    save_view(place=place, name="View 0", query="held=no", replace=True)
    save_view(place=cases_of("maria", "knee"), name="One more", query="held=yes")


def test_a_view_is_renamed_but_not_to_the_name_of_another() -> None:
    place = cases_of("maria")
    late, north = (save_view(place=place, name=name, query="held=yes") for name in ("Late", "North"))
    rename_view(user=place.user, view_id=late.pk, name="Overdue")
    rename_view(user=place.user, view_id=north.pk, name="North")
    with pytest.raises(NameTaken):
        rename_view(user=place.user, view_id=north.pk, name="Overdue")
    assert names(place) == ["North", "Overdue"]


def test_at_most_one_view_of_a_list_opens_first() -> None:
    place = cases_of("maria")
    late, north = (save_view(place=place, name=name, query="held=yes") for name in ("Late", "North"))
    for view in (late, north):
        open_first(user=place.user, view_id=view.pk)
    assert list(views_at(place).filter(opens_first=True)) == [north]
    open_first(user=place.user, view_id=north.pk, first=False)
    assert not views_at(place).filter(opens_first=True).exists()


def test_nobody_gets_hold_of_anothers_view() -> None:
    mine = save_view(place=cases_of("maria"), name="Late", query="held=yes")
    other = person("mehmet").pk
    assert own_view(other, mine.pk) is None
    assert rename_view(user=other, view_id=mine.pk, name="Mine now") is None
    assert open_first(user=other, view_id=mine.pk) is None
    assert delete_view(user=other, view_id=mine.pk) is None
    kept = SavedView.objects.get()
    assert (kept.name, kept.opens_first) == ("Late", False)
    assert delete_view(user=mine.user_id, view_id=uuid4()) is None
    assert delete_view(user=mine.user_id, view_id=mine.pk) is not None
    assert not SavedView.objects.exists()


def test_columns_are_remembered_until_they_are_forgotten() -> None:
    maria, mehmet = person("maria").pk, person("mehmet").pk
    assert columns_of(maria, "project_cases") is None
    for columns in (["state", "site"], ["state"]):
        remember_columns(user=maria, name="project_cases", columns=columns)
    assert columns_of(maria, "project_cases") == ["state"]
    assert columns_of(mehmet, "project_cases") is columns_of(maria, "audit_cases") is None
    forget_columns(user=maria, name="project_cases")
    assert columns_of(maria, "project_cases") is None
