"""People: the list, a person's page, and what can be changed about them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Credential, User
from tests.people import Study, person, study
from tests.screens.desk import Desk
from tests.staff import conflict, put
from workflow.models import Membership, Training

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = "/projects/chest/people/"
WHY = {"reason_code": "on_leave"}
CREDENTIAL = {
    "profession": "physician", "specialty": "neuroradiology", "modalities": "CT, MR", "years_experience": "9",
    "years_experience_in_modality": "4", "valid_from": "2024-01-01",
}  # fmt: skip


@pytest.fixture
def chest() -> Study:
    return study()


def page_of(chest: Study, name: str, act: str = "") -> str:
    return f"{PEOPLE}{chest.members[name].pk}/{f'{act}/' if act else ''}"


def now(chest: Study, name: str) -> Membership:
    return Membership.objects.get(pk=chest.members[name].pk)


def test_people_are_found_by_name_role_status_and_credential(chest: Study) -> None:
    put(chest, "paused", "cleo")
    today = timezone.now().date()
    Credential.objects.filter(user__username="bob").update(valid_to=today + timedelta(days=9))
    Credential.objects.filter(user__username="jin").update(valid_to=today - timedelta(days=1))
    maria = Desk("maria")
    for query, names in (
        ({}, {"Anna", "Bob", "Cleo", "Jin", "Jana", "Jules", "Sana", "Aud", "Mehmet"}),
        ({"q": "anna ann"}, {"Anna"}),
        ({"role": "annotator", "status": "active"}, {"Anna", "Bob"}),
        ({"status": "paused"}, {"Cleo"}),
        ({"credential": "soon"}, {"Bob"}),
        ({"credential": "none"}, {"Jin"}),
    ):  # fmt: skip
        page = maria.get(PEOPLE, **query).partition("People of")[2]
        assert {
            n
            for n in ("Anna", "Bob", "Cleo", "Jin", "Jana", "Jules", "Sana", "Aud", "Mehmet")
            if f" {n} " in page
        } == names
    assert len(maria.download(PEOPLE, format="csv").splitlines()) == len(chest.members) + 1


def test_the_list_tells_what_a_manager_must_see_to(chest: Study) -> None:
    conflict(chest, "anna", "south")
    ends = timezone.now().date() + timedelta(days=9)
    Credential.objects.filter(user__username="anna").update(valid_to=ends)
    page = Desk("maria").raw(f"{PEOPLE}?q=anna")
    assert f'<span class="nowrap alarm-text">until {ends}</span>' in page
    assert "<td>south</td>" in page


def test_the_list_asks_the_same_however_long_it_is(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get(PEOPLE)
    with django_assert_max_num_queries(20) as asked:
        maria.get(PEOPLE)
    before = len(asked)
    put(chest, "paused", "anna", "bob")
    with django_assert_max_num_queries(before):
        maria.get(PEOPLE)


def test_a_person_with_an_account_is_let_in(chest: Study) -> None:
    person("otto")
    maria = Desk("maria")
    given = {"username": "otto", "roles": ["annotator", "manager"], "site": "south", "capacity_per_day": "5"}
    assert "Otto is in the project." in maria.follow(f"{PEOPLE}new/", **given)
    assert Membership.objects.get(user__username="otto").roles == ["annotator", "manager"]
    assert "in the project already" in maria.post(f"{PEOPLE}new/", 422, **given)
    unknown = maria.post(f"{PEOPLE}new/", 422, **given | {"username": "nobody"})
    assert "Nobody has this user name" in unknown


def test_a_new_accounts_password_is_shown_once_and_works(chest: Study) -> None:
    given = {
        "username": "nora",
        "is_new": "on",
        "first_name": "Nora",
        "roles": ["annotator"],
        "capacity_per_day": "9",
    }
    page = Desk("maria").post(f"{PEOPLE}new/", 200, **given)
    [password] = re.findall(r"Password (\S+)", page)
    assert User.objects.get(username="nora").check_password(password)
    member = Membership.objects.get(user__username="nora")
    assert password not in Desk("maria").get(f"{PEOPLE}{member.pk}/")


def test_roles_and_declarations_are_changed(chest: Study) -> None:
    maria = Desk("maria")
    assert 'value="annotator" class="form-check-input" id="id_roles_0" checked' in maria.raw(
        page_of(chest, "anna", "roles")
    )
    maria.post(page_of(chest, "anna", "roles"), roles=["junior_reviewer"])
    assert "These are the roles" in maria.post(
        page_of(chest, "anna", "roles"), 422, roles=["junior_reviewer"]
    )
    maria.post(
        page_of(chest, "anna", "declare"),
        conflicts="south\r\n\r\neast",
        capacity_per_day="3",
        safety_contact="on",
    )
    anna = now(chest, "anna")
    assert (anna.roles, anna.conflicts, anna.capacity_per_day, anna.safety_contact) == (
        ["junior_reviewer"], ["east", "south"], 3, True,
    )  # fmt: skip


def test_a_person_is_paused_resumed_and_let_leave(chest: Study) -> None:
    maria = Desk("maria")
    for act, status in (("pause", "paused"), ("resume", "active"), ("leave", "left"), ("resume", "active")):
        assert f"{act}/" in " ".join(maria.links(page_of(chest, "anna")))
        maria.post(page_of(chest, "anna", act), **WHY)
        assert now(chest, "anna").status == status
    put(chest, "paused", "mehmet")
    assert "at least one active manager" in maria.post(page_of(chest, "maria", "pause"), 422, **WHY)


def test_a_credential_is_added_and_a_faulty_one_keeps_what_was_typed(chest: Study) -> None:
    maria = Desk("maria")
    board = {"board_body": "EBR", "board_country": "AT", "board_year": "2019"}
    assert "neuroradiology EBR, AT 2019 9 CT, MR" in maria.follow(
        page_of(chest, "anna", "credentials"), **CREDENTIAL, **board
    )
    page = maria.post(page_of(chest, "anna", "credentials"), 422, **CREDENTIAL | {"valid_to": "2023-01-01"})
    assert "It ends before it begins." in page
    assert (
        'value="neuroradiology"'
        in maria.http.post(
            page_of(chest, "anna", "credentials"), CREDENTIAL | {"board_body": "EBR"}
        ).content.decode()
    )


def test_training_is_recorded(chest: Study) -> None:
    maria = Desk("maria")
    given = {"title": "Nodules", "completed_at": "2026-05-04", "score": "87.5", "passed": "on"}
    assert "2026-05-04 00:00 87.50 yes" in maria.follow(page_of(chest, "anna", "training"), **given)
    maria.post(page_of(chest, "anna", "training"), 422, **given | {"completed_at": "2999-01-01"})
    assert Training.objects.count() == 1


def test_an_account_is_closed(chest: Study) -> None:
    maria = Desk("maria")
    anna = Desk("anna")
    assert "not undone" in maria.get(page_of(chest, "anna", "close"))
    assert "account closed" in maria.follow(page_of(chest, "anna", "close"), **WHY)
    assert anna.http.get("/").headers["Location"].startswith("/accounts/login/")
    assert "close your own" in maria.post(page_of(chest, "maria", "close"), 422, **WHY)
