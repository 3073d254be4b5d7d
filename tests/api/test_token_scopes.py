"""A token does no more than it was made for: in which projects, which verbs; nor does any token that it makes."""

from typing import Any

import pytest

from accounts.models import Token
from tests.api.client import As, key, token_for
from tests.people import Study, labels, person, study
from workflow.permissions import Verb

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough password"


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def by_token(name: str, **scope: Any) -> As:
    """A person at the API with a token that is limited."""
    return with_token(token_for(name, **scope))


def with_token(text: str) -> As:
    who = As(None)
    who.headers = {"Authorization": f"Bearer {text}"}
    return who


def asks(who: As, **wanted: Any) -> As:
    """The person with the token that their token made for them."""
    return with_token(who.post("/tokens", wanted, 201)["token"])


def password_of(name: str) -> dict[str, str]:
    user = person(name)
    user.set_password(PASSWORD)
    user.save()
    return {"username": name, "password": PASSWORD}


def test_a_token_that_only_reads_changes_nothing(chest: Study) -> None:
    maria, path = by_token("maria", verbs=["read"]), f"/cases/{chest.case().pk}"
    assert maria.get(path)["held"] is False
    problem = maria.post(f"{path}/hold", {"reason_code": "later"}, 403)
    assert problem["code"] == "token_scope"
    assert problem["detail"] == 'This token may only read. This needs "hold".'
    assert maria.get(path)["held"] is False


def test_a_token_of_one_project_finds_the_other_closed_and_lists_nothing_of_it(chest: Study) -> None:
    study("case-1", slug="knee")
    maria = by_token("maria", projects=["knee"])
    maria.get("/projects/knee")
    problem = maria.get("/projects/chest", 403)
    assert problem["code"] == "token_scope"
    assert problem["detail"] == "This token may do what you may, but only in the project knee."
    maria.get(f"/cases/{chest.case().pk}", 403)
    assert {row["project"] for row in maria.get("/cases")["results"]} == {"knee"}
    assert {row["slug"] for row in maria.get("/projects")["results"]} == {"knee"}
    assert {row["project"] for row in maria.get("/tasks")["results"]} == {"knee"}
    assert {row["project"] for row in maria.get("/me")["memberships"]} == {"knee"}


def test_an_outsiders_token_still_learns_nothing(chest: Study) -> None:
    by_token("otto", projects=["chest"], verbs=["read"]).get("/projects/chest", 404)


def test_a_token_to_claim_and_work_carries_a_read_through(chest: Study) -> None:
    anna = by_token("anna", verbs=["claim", "work"])
    task = anna.claim()
    result = {"token": task["token"], "result": {"labels": labels()}}
    assert anna.post(f"/tasks/{task['id']}/submit", result)["status"] == "done"
    assert anna.get(f"/tasks/{task['id']}", 403)["code"] == "token_scope"


def test_me_and_the_list_of_tokens_say_what_a_token_is_limited_to(chest: Study) -> None:
    anna = by_token("anna", projects=["chest"], verbs=["read"])
    told = anna.get("/me")["token"]
    assert (told["projects"], told["verbs"]) == (["chest"], ["read"])
    assert anna.get("/tokens")["results"] == [told]
    assert As("anna").get("/me")["token"]["verbs"] is None
    assert len(As("anna").get("/tokens")["results"]) == 3


def test_a_password_gives_a_token_as_narrow_as_it_is_asked_for(chest: Study) -> None:
    asked = {**password_of("anna"), "projects": ["chest"], "verbs": ["claim", "work"]}
    made = As(None).post("/tokens", asked, 201)
    assert (made["projects"], made["verbs"]) == (["chest"], ["claim", "work"])
    assert with_token(made["token"]).get("/projects/chest", 403)["code"] == "token_scope"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"projects": []}, "/projects"),
        ({"projects": ["knee"]}, "/projects"),
        ({"verbs": []}, "/verbs"),
        ({"verbs": ["fly"]}, "/verbs/0"),
    ],
)
def test_a_scope_that_means_nothing_is_refused(chest: Study, wanted: dict[str, Any], path: str) -> None:
    study(slug="spine")  # there is one, but knee is none of theirs and none at all
    problem = As(None).post("/tokens", {**password_of("anna"), **wanted}, 422)
    assert problem["faults"][0]["path"] == path


WIDER = [{"verbs": ["see", "hold"]}, {"verbs": [verb.value for verb in Verb]}, {"projects": ["knee"]}]


@pytest.mark.parametrize("wanted", WIDER)
def test_a_token_makes_none_that_may_more_than_itself(chest: Study, wanted: dict[str, Any]) -> None:
    study(slug="knee")
    maria = by_token("maria", projects=["chest"], verbs=["read"])
    for password in ({}, password_of("maria")):
        assert maria.post("/tokens", {**password, **wanted}, 403)["code"] == "token_scope"
    assert Token.objects.count() == 1


def test_what_a_token_makes_is_no_wider_ends_no_later_and_is_revoked_with_it(chest: Study) -> None:
    maria = by_token("maria", projects=["chest"], verbs=["see", "hold"])
    made = asks(maria, verbs=["read"], days=90)
    again = asks(made)
    first, second, third = (who.get("/me")["token"] for who in (maria, made, again))
    assert (
        (second["projects"], second["verbs"]) == (third["projects"], third["verbs"]) == (["chest"], ["read"])
    )
    assert first["expires_at"] == second["expires_at"] == third["expires_at"]
    assert (second["made_by"], third["made_by"]) == (first["id"], second["id"])
    maria.post(f"/tokens/{first['id']}/revoke")
    for who in (maria, made, again):
        assert who.get("/me", 401)["code"] == "token_revoked"


def test_a_limited_token_revokes_itself_and_what_it_made_and_no_other(chest: Study) -> None:
    other, anna = As("anna"), by_token("anna", verbs=["read"])
    made = asks(anna)
    ids = {who: who.get("/me")["token"]["id"] for who in (other, anna, made)}
    assert made.post(f"/tokens/{ids[anna]}/revoke", status=403)["code"] == "token_scope"
    assert anna.post(f"/tokens/{ids[other]}/revoke", status=403)["code"] == "token_scope"
    anna.post(f"/tokens/{ids[made]}/revoke")
    anna.post(f"/tokens/{ids[anna]}/revoke")
    other.get("/me")


def test_without_a_password_and_without_a_token_there_is_none(chest: Study) -> None:
    As(None).post("/tokens", {}, 401)
    with_token("cns_unknown").post("/tokens", {}, 401)


def test_an_old_token_does_not_stand_in_the_way_of_a_password(chest: Study) -> None:
    with_token("cns_unknown").post("/tokens", password_of("anna"), 201)


def test_a_session_makes_no_token_without_the_password(chest: Study) -> None:
    who = As(None)
    who.http.force_login(person("anna"))
    who.post("/tokens", {}, 401)


def test_a_kept_answer_is_not_given_again_to_a_token_that_may_less(chest: Study) -> None:
    path, again = f"/cases/{chest.case().pk}/hold", key()
    As("maria").post(path, {"reason_code": "later"}, Idempotency_Key=again)
    narrow = by_token("maria", verbs=["claim"])
    problem = narrow.post(path, {"reason_code": "later"}, 422, Idempotency_Key=again)
    assert problem["code"] == "idempotency_key_reused"
