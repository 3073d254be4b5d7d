"""Every list is looked at in one's own way: columns chosen, views saved, all of it in the address and nobody else's."""

import csv
import io
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SavedView, ShownColumns
from screens.lists import LISTS
from tests.modelled import read_with_a_model
from tests.people import Study, person, study
from tests.screens.desk import Desk
from tests.staff import give
from tests.tasks.test_issues import raised

pytestmark = pytest.mark.django_db(transaction=True)
CASES, LOOKS = "/projects/chest/cases/", "/account/lists/chest/project_cases/"
NAMES = tuple(LISTS)
WHOSE = {"project": "maria", "audit": "aud"}


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2")


def desk_of(name: str) -> Desk:
    """Somebody who may see the list of this name."""
    return Desk(WHOSE[name.partition("_")[0]])


def fill(chest: Study, desk: Desk, name: str) -> None:
    """A row for those lists that a new study has none for."""
    match name.partition("_")[2]:
        case "models":
            read_with_a_model(chest)
        case "issues":
            raised(chest)
        case "exports":
            desk.post(reverse(name, args=["chest"]), profile="full")


def heads(desk: Desk, address: str, **query: Any) -> list[str]:
    """The columns of a list's file."""
    return next(csv.reader(io.StringIO(desk.download(address, format="csv", **query))))


def save(desk: Desk, name: str, state: str, code: int = 302, **more: str) -> str:
    return desk.post(f"{LOOKS}views", code, name=name, state=state, **more)


@pytest.mark.parametrize("name", NAMES)
def test_every_list_shows_the_columns_that_its_address_names_and_so_does_its_file(
    chest: Study, name: str
) -> None:
    desk, listing = desk_of(name), LISTS[name]
    fill(chest, desk, name)
    address = reverse(name, args=["chest"])
    every = [head for column in listing.columns for head in column.heads]
    fixed = [head for column in listing.columns if column.fixed for head in column.heads]
    assert heads(desk, address, columns=",".join(listing.every())) == every
    least = listing.with_fixed([])
    assert heads(desk, address, columns=least[0]) == fixed
    for columns in (listing.every(), least):
        page = desk.raw(f"{address}?columns={','.join(columns)}")
        rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")
        head = page.partition("<thead>")[2].partition("</thead>")[0]
        assert len(rows) > 1
        assert {row.count("</td>") + row.count("</th>") for row in rows[:-1]} == {head.count("</th>")}
        assert head.count("</th>") == len(columns) + ('name="case"' in rows[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_list_keeps_a_view_and_gives_it_back(chest: Study, name: str) -> None:
    desk, listing = desk_of(name), LISTS[name]
    column = next(c for c in listing.columns if c.sort)
    state = f"sort=-{column.key}&columns={','.join(listing.with_fixed([]))}"
    to = desk.post(f"/account/lists/chest/{name}/views", name="Mine", state=state)
    assert to == f"{reverse(name, args=['chest'])}?{state}"
    assert 'aria-current="true">Mine' in desk.raw(to)
    view = SavedView.objects.get()
    desk.post(f"/account/views/{view.pk}", do="first")
    assert desk.http.get(reverse(name, args=["chest"])).headers["Location"] == to
    assert 'aria-current="true">Everything' in desk.raw(f"{reverse(name, args=['chest'])}?view=all")


def test_chosen_columns_are_remembered_for_the_person_and_stand_in_the_address(chest: Study) -> None:
    maria = Desk("maria")
    to = maria.post(f"{LOOKS}columns", column=["site", "state", "nonsense"], state="q=case&cursor=x&page=9")
    assert to == f"{CASES}?q=case&sort=created&columns=reference,state,site"
    assert heads(maria, CASES) == ["reference", "id", "state", "held", "site"]
    assert "Columns: 3 of 14" in maria.get(CASES)
    assert "Columns: 8 of 14" in Desk("mehmet").get(CASES)
    assert "Columns: 2 of 14" in Desk("mehmet").get(CASES, columns="reference,round")
    assert "Columns: 8 of 14" in Desk("mehmet").get(CASES)  # looking at what one was sent changes nothing
    assert maria.post(f"{LOOKS}columns", do="forget").endswith(
        "columns=reference,state,split,site,priority,round,tasks,created"
    )
    assert "Columns: 8 of 14" in maria.get(CASES)
    assert not ShownColumns.objects.exists()


def test_a_column_that_the_list_does_not_have_is_left_out_and_said(chest: Study) -> None:
    maria = Desk("maria")
    one = maria.get(CASES, columns="state,patient_key")
    assert "This address names a column that this list does not have; it is left out." in one
    assert "Columns: 2 of 14" in one
    many = maria.get(CASES, columns="x,<b>,\x00" + ",y" * 2000)
    assert "This address names 2003 columns" in many
    assert "Columns: 8 of 14" in many


def test_a_list_sorted_by_a_column_that_is_hidden_says_so(chest: Study) -> None:
    page = Desk("maria").get(CASES, columns="state", sort="-priority")
    assert "Sorted by Priority, which is not shown." in page


def test_a_view_keeps_what_narrows_sorts_and_shows_the_list_and_nothing_else(chest: Study) -> None:
    maria = Desk("maria")
    given = "state=final&state=excluded&q=&cursor=abc&format=csv&view=all&evil=1&sort=-state&columns=state"
    to = save(maria, "  Over   and done ", given)
    assert parse_qsl(urlsplit(to).query) == [
        ("state", "excluded"),
        ("state", "final"),
        ("sort", "-state"),
        ("columns", "reference,state"),
    ]
    assert 'aria-current="true">Over and done</a>' in maria.raw(to)
    assert "Over and done" not in Desk("mehmet").get(CASES)
    assert "Saved as “Over and done”. Only you see it." in save_and_look(maria)


def save_and_look(desk: Desk) -> str:
    return desk.get(save(desk, "Over and done", "state=final", replace="yes"))


def test_a_name_that_is_taken_is_said_before_it_is_replaced(chest: Study) -> None:
    maria = Desk("maria")
    save(maria, "Late", "held=yes")
    asked = save(maria, "Late", "held=no", 409)
    assert "You have a view of this list called “Late” already" in asked
    assert SavedView.objects.get().query.startswith("held=yes")
    save(maria, "Late", "held=no", replace="yes")
    assert SavedView.objects.get().query.startswith("held=no")


def test_what_is_too_much_is_refused_with_a_sentence(chest: Study) -> None:
    maria = Desk("maria")
    assert "This field is required." in save(maria, " ", "held=yes", 422)
    assert "at most 60 characters" in save(maria, "x" * 61, "held=yes", 422)
    assert "Null characters are not allowed." in save(maria, "a\x00b", "held=yes", 422)
    assert "too long to be kept" in save(maria, "Long", "q=" + "x" * 5000, 422)
    assert "too long to be kept" in save(maria, "Long", "q=" + "é" * 1000, 422)
    for number in range(20):
        save(maria, f"View {number}", "held=yes")
    assert "You have 20 saved views of this list. Delete one" in save(maria, "One more", "held=yes", 422)
    Desk("maria").post("/account/lists/chest/no_such_list/views", 404, name="x")


def test_a_view_is_renamed_opened_first_and_deleted_by_its_person_alone(chest: Study) -> None:
    maria, mehmet = Desk("maria"), Desk("mehmet")
    save(maria, "Late", "held=yes")
    save(maria, "North", "q=north")
    late = f"/account/views/{SavedView.objects.get(name='Late').pk}"
    assert "Cases, Chest. Only you see it." in maria.get(late)
    assert "Another view of this list has this name." in maria.post(late, 422, name="North")
    assert "now called “Overdue”" in maria.follow(late, name="Overdue")
    maria.post(late, do="first")
    assert maria.http.get(CASES).headers["Location"].startswith(f"{CASES}?held=yes&")
    maria.post(late, do="not_first")
    assert maria.http.get(CASES).status_code == 200
    assert mehmet.get(late, 404) == mehmet.get(late.replace(late[-4:], "0000"), 404)
    for act in ({"do": "delete"}, {"do": "first"}, {"name": "Mine"}):
        mehmet.post(late, 404, **act)
    assert "“Overdue” is deleted." in maria.follow(late, do="delete")
    assert [view.name for view in SavedView.objects.all()] == ["North"]


def test_a_view_outlives_the_role_but_opens_nothing(chest: Study) -> None:
    mehmet = Desk("mehmet")
    to = save(mehmet, "Late", "held=yes")
    give(chest, "mehmet", "annotator")
    mehmet.get(to, 403)
    mehmet.post(f"{LOOKS}columns", 403, column=["state"])
    save(mehmet, "More", "held=no", 403)
    assert "Late Cases Chest Change Late" in mehmet.get("/account/")
    view = f"/account/views/{SavedView.objects.get().pk}"
    mehmet.get(view)
    give(chest, "mehmet", "manager")
    assert "Late" in mehmet.get(to)
    give(chest, "mehmet", "annotator")
    assert mehmet.post(view, do="delete") == "/account/"


def test_a_view_is_changed_by_post_and_with_proof_that_the_form_is_ours(chest: Study) -> None:
    maria = Desk("maria")
    save(maria, "Late", "held=yes")
    view = f"/account/views/{SavedView.objects.get().pk}"
    for address in (f"{LOOKS}columns", f"{LOOKS}views"):
        maria.get(address, 405)
    maria.get(view, do="delete")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("maria"))
    for address in (f"{LOOKS}columns", f"{LOOKS}views", view):
        assert strict.post(address, {"do": "delete", "name": "x"}).status_code == 403
    assert SavedView.objects.get().name == "Late"


def test_what_was_searched_for_is_in_no_line_of_the_log(
    chest: Study, caplog: pytest.LogCaptureFixture
) -> None:
    maria = Desk("maria")
    with caplog.at_level(logging.DEBUG):
        maria.get(save(maria, "Mr Grey", "q=Dorian"))
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if ours(record))
    assert "request" in told
    assert "Dorian" not in told
    assert "Grey" not in told


def ours(record: logging.LogRecord) -> bool:
    """Whether a line would be written: Django's own lines of each statement are for developers alone."""
    return not record.name.startswith("django.db")


def test_a_numbers_list_is_whole_whatever_the_list_opens_with(chest: Study) -> None:
    maria = Desk("maria")
    save(maria, "None", "q=nothing-is-like-this")
    maria.post(f"/account/views/{SavedView.objects.get().pk}", do="first")
    [cases] = [url for url in maria.links("/projects/") if url.startswith(CASES) and "final" not in url]
    assert "2 found" in maria.get(cases)


def test_however_many_views_there_are_a_list_asks_the_same(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get(CASES)
    with django_assert_max_num_queries(20) as asked:
        maria.get(CASES)
    before = len(asked)
    for number in range(9):
        save(maria, f"View {number}", "held=yes")
    maria.post(f"{LOOKS}columns", column=["state"])
    maria.get(CASES)
    with django_assert_max_num_queries(before):
        maria.get(CASES)
