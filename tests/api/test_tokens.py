"""Tokens: made for a name and a password, shown once, refused when they are over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Token
from tests.api.client import As, key, token_for, told
from tests.people import person

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def anna() -> dict[str, str]:
    user = person("anna")
    user.set_password(PASSWORD)
    user.save()
    return {"username": "anna", "password": PASSWORD}


def with_token(text: str) -> As:
    who = As(None)
    who.headers = {"Authorization": f"Bearer {text}"}
    return who


def test_a_name_and_a_password_give_a_token_that_works(anna: dict[str, str]) -> None:
    token = As(None).post("/tokens", anna, 201)["token"]
    assert token.startswith("cns_")
    assert with_token(token).get("/me")["username"] == "anna"


def test_the_token_itself_is_kept_nowhere(anna: dict[str, str]) -> None:
    token = As(None).post("/tokens", anna, 201)["token"]
    assert token.encode() not in b"".join(bytes(row.sha256) for row in Token.objects.all())
    assert "token" not in with_token(token).get("/tokens")["results"][0]


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "nobody"}])
def test_a_wrong_name_or_password_gets_the_same_refusal(anna: dict[str, str], wrong: dict[str, str]) -> None:
    response = As(None).send("/tokens", {**anna, **wrong})
    assert told(response, 401)["code"] == "bad_sign_in"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_person_who_left_gets_no_token_and_their_old_ones_end(anna: dict[str, str]) -> None:
    token = As(None).post("/tokens", anna, 201)["token"]
    person("anna").__class__.objects.filter(username="anna").update(is_active=False)
    As(None).post("/tokens", anna, 401)
    assert with_token(token).get("/me", 401)["code"] == "token_unknown"


def test_attempts_at_one_name_are_slowed_down(anna: dict[str, str]) -> None:
    codes = [As(None).send("/tokens", {**anna, "password": "wrong"}) for _ in range(11)]
    assert [code.status_code for code in codes] == [401] * 10 + [429]
    assert int(codes[-1].headers["Retry-After"]) > 0


def test_an_expired_token_is_refused() -> None:
    text = token_for("anna", expires_at=timezone.now() - timedelta(seconds=1))
    assert with_token(text).get("/me", 401)["code"] == "token_expired"


def test_a_revoked_token_is_refused() -> None:
    anna = As("anna")
    anna.post(f"/tokens/{anna.get('/tokens')['results'][0]['id']}/revoke")
    assert anna.get("/me", 401)["code"] == "token_revoked"


def test_nobody_revokes_the_token_of_another() -> None:
    token = As("anna").get("/tokens")["results"][0]["id"]
    As("bob").post(f"/tokens/{token}/revoke", status=404)


def test_a_token_lives_no_longer_than_the_service_allows(anna: dict[str, str]) -> None:
    problem = As(None).post("/tokens", {**anna, "days": 5000}, 422)
    assert problem["faults"][0]["path"] == "/days"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer cns_ü", "Bearer cns_" + "x" * 5000, "Basic YTpi"]
)
def test_anything_else_in_the_header_is_no_token(header: str) -> None:
    who = As(None)
    who.headers = {"Authorization": header}
    who.get("/me", 401)


def test_a_sign_in_is_never_kept_under_an_idempotency_key(anna: dict[str, str]) -> None:
    again = key()
    first, second = (As(None).post("/tokens", anna, 201, Idempotency_Key=again)["token"] for _ in range(2))
    assert first != second
