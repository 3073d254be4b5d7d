"""A person's own account: notices, tokens shown once, sessions, and who they are in which project."""

import re

import pytest
from django.core.cache import cache

from accounts.models import Token
from accounts.scopes import scope_of
from tests.accounts.signing_in import confirm, with_password
from tests.people import person, study
from tests.screens.clinician.seat import Seat, said
from workflow.models import Membership, Notice
from workflow.notices import tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> Seat:
    study()
    cache.clear()  # nobody's attempts are counted yet
    return Seat("anna")


def fresh(seat: Seat) -> Seat:
    """Somebody who has just shown who they are, by their password."""
    with_password(seat.name)
    seat.http.force_login(person(seat.name))
    confirm(seat.http)
    return seat


def test_the_page_says_who_one_is(anna: Seat) -> None:
    page = said(anna.get("/account/"))
    assert "Anna Annotator" in page
    assert "Chest annotator north Active" in page
    assert "You have read everything." in page


def test_how_notices_are_mailed_is_chosen_and_kept(anna: Seat) -> None:
    assert 'value="at_once" selected' in anna.get("/account/").content.decode()
    anna.post("/account/notices/mail", manner="daily")
    assert 'value="daily" selected' in anna.get("/account/").content.decode()
    anna.post("/account/notices/mail", 422, manner="sometimes")


def test_notices_are_put_away_one_by_one_or_all_and_nobody_elses(anna: Seat) -> None:
    members = Membership.objects.filter(user__username__in=("anna", "bob"))
    for text in ("First.", "Second.", "Third."):
        tell(members, kind="test", text=text)
    mine = Notice.objects.filter(member__user__username="anna")
    theirs = Notice.objects.get(member__user__username="bob", text="First.")
    anna.post(f"/account/notices/{mine[0].pk}/read")
    anna.post(f"/account/notices/{theirs.pk}/read")
    assert (mine.filter(read_at=None).count(), Notice.objects.filter(read_at=None).count()) == (2, 5)
    assert "You have read everything." in said(anna.post("/account/notices/read"))
    assert "Read before" in said(anna.get("/account/"))


def test_a_token_is_shown_once_and_works_until_it_is_revoked(anna: Seat) -> None:
    page = fresh(anna).post("/account/tokens/new", name="My script", days="7", may="all")
    [text] = re.findall(r'value="(cns_[^"]+)"', page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert text not in anna.get("/account/").content.decode()
    bearer = {"Authorization": f"Bearer {text}"}
    assert anna.http.get("/api/v1/me", headers=bearer).json()["username"] == "anna"
    anna.post(f"/account/tokens/{Token.objects.get().pk}/revoke")
    assert anna.http.get("/api/v1/me", headers=bearer).json()["code"] == "token_revoked"


def test_a_token_needs_a_fresh_sign_in_a_name_and_an_end(anna: Seat) -> None:
    page = anna.get("/account/tokens/new")
    assert page.request["PATH_INFO"] == "/accounts/reauthenticate/"
    page = fresh(anna).post("/account/tokens/new", name="", days="9999")
    assert not Token.objects.exists()
    assert page.content.decode().count("_error") >= 2


def test_a_token_is_limited_to_what_was_chosen(anna: Seat) -> None:
    page = said(fresh(anna).post("/account/tokens/new", name="A", days="7", projects="chest", may="read"))
    assert "This token may only read, and only in the project chest." in page
    assert "only read, and only in the project chest." in said(anna.get("/account/"))
    chosen = {"may": "chosen", "verbs": ["claim", "work"]}
    anna.post("/account/tokens/new", name="B", days="7", **chosen)
    assert Token.objects.get(name="B").scope == scope_of(None, ["claim", "work"])
    page = said(anna.post("/account/tokens/new", name="C", days="7", may="chosen"))
    assert "Choose what it may do." in page
    anna.post("/account/tokens/new", name="D", days="7", may="chosen", verbs="hold")  # a manager's
    anna.post("/account/tokens/new", name="E", days="7", may="all", projects="knee")  # not hers
    assert not Token.objects.filter(name__in="CDE").exists()


def test_nobody_revokes_the_token_of_another(anna: Seat) -> None:
    fresh(anna).post("/account/tokens/new", name="Mine", days="1", may="all")
    Seat("bob").post(f"/account/tokens/{Token.objects.get().pk}/revoke")
    assert Token.objects.get().revoked_at is None


def test_other_sessions_end(anna: Seat) -> None:
    elsewhere = Seat("anna")
    assert "1 other session ended." in said(anna.post("/account/sessions/end"))
    assert elsewhere.get("/account/").request["PATH_INFO"] == "/accounts/login/"
    assert "Anna" in said(anna.get("/account/"))
