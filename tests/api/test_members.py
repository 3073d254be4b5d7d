"""People over the API: seen by staff, changed by managers, once for each key."""

from typing import Any

import pytest

from accounts.models import User
from tests.api.client import As, key
from tests.people import PROTOCOL, Study, study
from tests.staff import put
from workflow.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
MEMBERS = "/projects/chest/members"
WHY = {"reason_code": "on_leave", "note": "Back in May."}
BOARD = {"body": "EBR", "country": "AT", "year": 2019}
CREDENTIAL = {"profession": "physician", "valid_from": "2024-01-01", "board_certifications": [BOARD]}
TRAINING = {
    "material": {"title": "Nodules"},
    "completed_at": "2026-05-04T12:00:00Z",
    "score": "87.5",
    "passed": True,
}
ACTS = {
    "roles": {"roles": ["junior_reviewer"]},
    "declare": {"conflicts": ["south"], "capacity_per_day": 3},
    "pause": WHY,
    "leave": WHY,
    "credentials": CREDENTIAL,
    "training": TRAINING,
    "close": WHY,
}


@pytest.fixture
def chest() -> Study:
    return study()


def path(chest: Study, name: str, act: str = "") -> str:
    return f"{MEMBERS}/{chest.members[name].pk}{f'/{act}' if act else ''}"


@pytest.mark.parametrize("name", ["maria", "aud"])
def test_staff_see_everybody_with_what_qualifies_them(chest: Study, name: str) -> None:
    assert len(As(name).get(MEMBERS)["results"]) == len(chest.members)
    anna = As(name).get(path(chest, "anna"))
    assert (anna["username"], anna["roles"], anna["site"]) == ("anna", ["annotator"], "north")
    assert [c["specialty"] for c in anna["credentials"]] == ["radiology"]
    assert anna["credential_snapshot"] == chest.members["anna"].credentials_id


@pytest.mark.parametrize("name", ["anna", "jin", "sana"])
def test_readers_do_not_learn_who_else_is_there(chest: Study, name: str) -> None:
    As(name).get(MEMBERS, 403)
    As(name).get(path(chest, name), 403)
    As(name).get("/projects/chest/staffing", 403)


@pytest.mark.parametrize("name", ["anna", "aud"])
@pytest.mark.parametrize("act", ACTS)
def test_only_managers_change_people(chest: Study, name: str, act: str) -> None:
    assert As(name).post(path(chest, "anna", act), ACTS[act], 403)["code"] == "not_allowed"
    As(name).post(MEMBERS, {"username": "otto", "roles": ["annotator"]}, 403)


@pytest.mark.parametrize(
    ("act", "field", "value"),
    [
        ("roles", "roles", ["junior_reviewer"]),
        ("declare", "conflicts", ["south"]),
        ("pause", "status", "paused"),
        ("leave", "status", "left"),
        ("close", "status", "left"),
    ],
)
def test_an_act_answers_with_the_person_as_they_are_now(
    chest: Study, act: str, field: str, value: Any
) -> None:
    assert As("maria").post(path(chest, "anna", act), ACTS[act])[field] == value
    assert As("maria").get(path(chest, "anna"))[field] == value


def test_a_paused_person_is_resumed(chest: Study) -> None:
    As("maria").post(path(chest, "anna", "pause"), WHY)
    assert "paused" in As("anna").post("/tasks/claim", {"project": "chest"}, 403)["detail"]
    assert As("maria").post(path(chest, "anna", "resume"), WHY)["status"] == "active"


def test_a_credential_and_training_are_added_and_cited(chest: Study) -> None:
    before = As("maria").get(path(chest, "anna"))["credential_snapshot"]
    anna = As("maria").post(path(chest, "anna", "credentials"), CREDENTIAL)
    assert anna["credentials"][0]["board_certifications"][0]["body"] == "EBR"
    trained = As("maria").post(path(chest, "anna", "training"), TRAINING)
    assert (trained["training"][0]["score"], trained["training"][0]["passed"]) == ("87.50", True)
    assert len({before, anna["credential_snapshot"], trained["credential_snapshot"]}) == 3


@pytest.mark.parametrize(
    ("act", "wrong", "place"),
    [
        ("roles", {"roles": ["king"]}, "/roles/0"),
        ("declare", {"capacity_per_day": -1}, "/capacity_per_day"),
        ("pause", {"reason_code": "Not a code"}, "/reason_code"),
        ("credentials", {**CREDENTIAL, "valid_to": "2023-01-01"}, "/valid_to"),
        ("credentials", {**CREDENTIAL, "valid_from": 3}, "/valid_from"),
        ("training", {**TRAINING, "completed_at": "0001-01-01T00:00:00Z"}, "/completed_at"),
        ("training", {**TRAINING, "score": "1000"}, "/score"),
    ],
)
def test_faults_are_named_with_their_place(chest: Study, act: str, wrong: Any, place: str) -> None:
    problem = As("maria").post(path(chest, "anna", act), wrong, 422)
    assert [fault["path"] for fault in problem["faults"]] == [place]


def test_a_person_is_let_in_by_user_name_or_with_a_new_account(chest: Study) -> None:
    User.objects.create_user("otto")
    otto = As("maria").post(MEMBERS, {"username": "otto", "roles": ["annotator"], "site": "south"}, 201)
    assert (otto["site"], otto["password"]) == ("south", None)
    new = {"username": "nora", "roles": ["annotator"], "new_account": {"first_name": "Nora"}}
    nora = As("maria").post(MEMBERS, new, 201)
    assert User.objects.get(username="nora").check_password(nora["password"])
    assert As("maria").post(MEMBERS, new, 409)["code"] == "already_done"
    assert (
        As("maria").post(MEMBERS, {"username": "nobody", "roles": ["annotator"]}, 422)["faults"][0]["path"]
        == "/username"
    )


def test_a_password_is_told_once_even_when_the_request_is_answered_again(chest: Study) -> None:
    new = {"username": "nora", "roles": ["annotator"], "new_account": {}}
    again = key()
    first = As("maria").post(MEMBERS, new, 201, Idempotency_Key=again)
    second = As("maria").post(MEMBERS, new, 201, Idempotency_Key=again)
    assert first["password"]
    assert second == first | {"password": None}
    assert Membership.objects.filter(user__username="nora").count() == 1


def test_a_person_of_another_project_is_not_found(chest: Study) -> None:
    assert As("maria").get(f"{MEMBERS}/{key()}", 404)["code"] == "not_found"


def test_the_list_asks_the_database_the_same_however_many_there_are(
    chest: Study, django_assert_max_num_queries: Any
) -> None:
    maria = As("maria")
    with django_assert_max_num_queries(6) as asked:
        maria.get(MEMBERS)
    before = len(asked)
    for number in range(5):
        maria.post(MEMBERS, {"username": f"n{number}", "roles": ["annotator"], "new_account": {}}, 201)
    with django_assert_max_num_queries(before):
        maria.get(MEMBERS)


def test_the_staffing_check_names_what_is_short_and_what_is_stuck(chest: Study) -> None:
    chest.register("case-1")
    assert As("maria").get("/projects/chest/staffing") == {
        "protocol": 1, "enough": True, "stuck": [], "days": [],
        "sites": [{"site": "north", "needs": [], "cases": 1, "shortages": [], "places": [
            {"role": "annotator", "needed": 3, "found": 3},
            {"role": "junior_reviewer", "needed": 3, "found": 3},
            {"role": "senior_arbiter", "needed": 1, "found": 1},
        ]}],
    }  # fmt: skip
    put(chest, "paused", "anna", "bob", "cleo")
    found = As("aud").get("/projects/chest/staffing")
    assert (found["enough"], len(found["stuck"])) == (False, 2)
    assert "Anna Annotator is paused" in found["sites"][0]["shortages"][0]


def test_a_draft_is_checked_before_it_is_published(chest: Study) -> None:
    maria = As("maria")
    many = {**PROTOCOL, "reads": {"rule": "majority", "count": 5, "max": 5}}
    maria.post("/projects/chest/protocol-versions", {"document": many}, 201)
    found = maria.get("/projects/chest/staffing", protocol=2)
    assert found["sites"][0]["shortages"][0].startswith("A case may need 5 annotators; 3 can take it.")
    maria.post("/projects/chest/protocol-versions", {"document": {"reads": 1}}, 201)
    assert maria.get("/projects/chest/staffing", 422, protocol=3)["faults"]
    maria.get("/projects/chest/staffing", 404, protocol=9)
    maria.get("/projects/chest/staffing", 422, protocol="x")
