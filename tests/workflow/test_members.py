"""What changes about people: each change is an event, nobody is locked out, nobody's account is taken over."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Token, User
from audit.log import Reason
from audit.models import Event
from tests.api.client import token_for
from tests.people import CAST, Study, person, study
from workflow.acting import Acting
from workflow.admitting import NewAccount, Place, admit, admit_new
from workflow.checking import check_log
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed, NotFound
from workflow.members import add_credential, change_roles, deactivate, declare, record_training, set_status
from workflow.models import Membership
from workflow.on_member import member_of
from workflow.projects import add_member, create_project

pytestmark = pytest.mark.django_db(transaction=True)
WHY = Reason("on_leave", "Back in May.")
ANNOTATOR = Place(["annotator"])


@pytest.fixture
def chest() -> Study:
    return study()


def maria(chest: Study) -> Acting:
    return chest.acting("maria")


def now(chest: Study, name: str) -> Membership:
    return Membership.objects.select_related("credentials").get(project=chest.project, user__username=name)


def last(count: int = 1) -> list[dict[str, Any]]:
    return [json.loads(bytes(e.body)) for e in Event.objects.order_by("-pk")[:count]][::-1]


def other_project(*people: str, founder: str = "otto") -> Study:
    project = create_project(founder=person(founder), slug="knee", name="Knee")
    boss = Membership.objects.select_related("project__log").get(project=project)
    members = {founder: boss}
    for name in people:
        members[name] = add_member(
            acting=Acting(boss, "manager"), project=project, user=person(name), roles=["annotator"]
        )
    return Study(project, members)


def test_granted_and_revoked_roles_are_two_events_and_a_new_snapshot(chest: Study) -> None:
    before = now(chest, "anna").credentials_id
    change_roles(acting=maria(chest), member=now(chest, "anna"), roles=["junior_reviewer", "senior_arbiter"])
    assert now(chest, "anna").roles == ["junior_reviewer", "senior_arbiter"]
    granted, revoked, snapshot = last(3)
    assert (granted["action"], granted["extra"]["roles"]) == (
        "account.role_granted",
        ["junior_reviewer", "senior_arbiter"],
    )
    assert (revoked["action"], revoked["extra"]["roles"]) == ("account.role_revoked", ["annotator"])
    assert snapshot["after"]["digest"] == now(chest, "anna").credentials_id != before
    assert now(chest, "anna").credentials.data["role"] == "senior_arbiter"


@pytest.mark.parametrize("roles", [[], ["king"]])
def test_unknown_roles_are_refused(chest: Study, roles: list[str]) -> None:
    with pytest.raises(InvalidInput):
        change_roles(acting=maria(chest), member=now(chest, "anna"), roles=roles)


def test_only_a_manager_changes_anything(chest: Study) -> None:
    with pytest.raises(NotAllowed):
        change_roles(acting=chest.acting("anna"), member=now(chest, "anna"), roles=["manager"])
    with pytest.raises(NotAllowed):
        set_status(acting=chest.acting("aud"), member=now(chest, "anna"), status="left", reason=WHY)
    with pytest.raises(NotAllowed):
        admit(acting=chest.acting("sana"), username="otto", place=ANNOTATOR)


def test_the_same_roles_again_are_no_event(chest: Study) -> None:
    stale = now(chest, "anna")
    change_roles(acting=maria(chest), member=stale, roles=["junior_reviewer"])
    with pytest.raises(AlreadyDone):
        change_roles(acting=maria(chest), member=stale, roles=["junior_reviewer"])


def test_the_last_manager_stays_manager_and_active(chest: Study) -> None:
    set_status(acting=maria(chest), member=now(chest, "mehmet"), status="paused", reason=WHY)
    for status in ("paused", "left"):
        with pytest.raises(NotAllowed, match="at least one active manager"):
            set_status(acting=maria(chest), member=now(chest, "maria"), status=status, reason=WHY)
    with pytest.raises(NotAllowed, match="at least one active manager"):
        change_roles(acting=maria(chest), member=now(chest, "maria"), roles=["annotator"])


def test_a_manager_whose_account_is_closed_does_not_count(chest: Study) -> None:
    User.objects.filter(username="mehmet").update(is_active=False)
    with pytest.raises(NotAllowed, match="at least one active manager"):
        set_status(acting=maria(chest), member=now(chest, "maria"), status="left", reason=WHY)


def test_conflicts_capacity_and_safety_contact_are_declared(chest: Study) -> None:
    declare(
        acting=maria(chest), member=now(chest, "anna"), conflicts=["south ", "", "north"], capacity_per_day=7,
        safety_contact=True,
    )  # fmt: skip
    anna = now(chest, "anna")
    assert (anna.conflicts, anna.capacity_per_day, anna.safety_contact) == (["north", "south"], 7, True)
    assert anna.credentials.data["conflicts_declared"] == ["north", "south"]
    assert last(2)[0]["extra"]["capacity_per_day"] == 7
    with pytest.raises(AlreadyDone):
        declare(acting=maria(chest), member=anna, capacity_per_day=7)


@pytest.mark.parametrize(
    "more", [{"capacity_per_day": -1}, {"capacity_per_day": 1001}, {"conflicts": ["x" * 41]}]
)
def test_what_cannot_be_stored_is_a_fault(chest: Study, more: Any) -> None:
    with pytest.raises(InvalidInput):
        declare(acting=maria(chest), member=now(chest, "anna"), **more)


def test_pause_resume_and_leave_are_events_with_their_reason(chest: Study) -> None:
    for status, action in (
        ("paused", "reader.paused"), ("active", "reader.resumed"), ("left", "account.disabled"),
    ):  # fmt: skip
        set_status(acting=maria(chest), member=now(chest, "anna"), status=status, reason=WHY)
        [event] = last()
        assert (event["action"], event["reason"]["code"]) == (action, "on_leave")
        assert event["extra"]["actor"] == now(chest, "anna").actor_id
    assert now(chest, "anna").status == "left"
    with pytest.raises(AlreadyDone):
        set_status(acting=maria(chest), member=now(chest, "anna"), status="left", reason=WHY)


def test_training_is_kept_and_cited_from_then_on(chest: Study) -> None:
    done = datetime(2026, 5, 4, 12, tzinfo=UTC)
    record_training(
        acting=maria(chest), member=now(chest, "anna"), material={"title": "Nodules"}, score=Decimal("87.50"),
        passed=True, completed_at=done,
    )  # fmt: skip
    [trained] = now(chest, "anna").credentials.data["training"]
    assert (trained["score"], trained["passed"], trained["completed_at"]) == (
        "87.5",
        True,
        "2026-05-04T12:00:00.000000Z",
    )
    assert last(2)[0]["inputs"] == [{"digest": trained["material_digest"], "role": "material"}]


def test_training_of_tomorrow_is_refused(chest: Study) -> None:
    with pytest.raises(InvalidInput):
        record_training(
            acting=maria(chest), member=now(chest, "anna"), material={}, score=None, passed=True,
            completed_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip


CREDENTIAL = {"profession": "physician", "specialty": "neuroradiology", "valid_from": date(2024, 1, 1)}


def test_a_credential_is_cited_in_every_project_of_the_person_by_the_machine_elsewhere(chest: Study) -> None:
    knee = other_project("anna")
    add_credential(acting=maria(chest), user=person("anna"), **CREDENTIAL)
    assert now(chest, "anna").credentials.data["specialty"] == "neuroradiology"
    assert now(knee, "anna").credentials.data["specialty"] == "neuroradiology"
    actors = {event["log"]: event["actor"]["kind"] for event in last(2)}
    assert actors == {chest.project.log.origin: "human", knee.project.log.origin: "system"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_to": date(2023, 1, 1)},
        {"profession": ""},
        {"board_certifications": [{"body": "x"}]},
        {"specialty": "x" * 99},
    ],
)
def test_a_faulty_credential_is_refused_and_nothing_kept(chest: Study, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        add_credential(acting=maria(chest), user=person("anna"), **CREDENTIAL | wrong)
    assert person("anna").credentials.count() == 1


def test_credentials_and_accounts_of_strangers_are_out_of_reach(chest: Study) -> None:
    with pytest.raises(NotAllowed):
        add_credential(acting=maria(chest), user=person("otto"), **CREDENTIAL)
    with pytest.raises(NotAllowed):
        deactivate(acting=maria(chest), user=person("otto"), reason=WHY)


def test_a_closed_account_cannot_sign_in_use_a_token_or_come_back(chest: Study) -> None:
    token_for("anna")
    deactivate(acting=maria(chest), user=person("anna"), reason=WHY)
    assert (person("anna").is_active, now(chest, "anna").status) == (False, "left")
    assert not Token.objects.filter(user=person("anna"), revoked_at=None).exists()
    assert (last()[0]["action"], last()[0]["extra"]["actor"]) == (
        "account.disabled",
        now(chest, "anna").actor_id,
    )
    with pytest.raises(NotAllowed, match="closed"):
        set_status(acting=maria(chest), member=now(chest, "anna"), status="active", reason=WHY)
    with pytest.raises(AlreadyDone):
        deactivate(acting=maria(chest), user=person("anna"), reason=WHY)


def test_nobody_closes_their_own_account(chest: Study) -> None:
    with pytest.raises(NotAllowed, match="own"):
        deactivate(acting=maria(chest), user=person("maria"), reason=WHY)


def test_a_manager_cannot_close_an_account_by_letting_it_into_a_project_of_their_own(chest: Study) -> None:
    knee = other_project("sana")
    with pytest.raises(NotAllowed, match="outside the projects that you manage"):
        deactivate(acting=knee.acting("otto"), user=person("sana"), reason=WHY)
    assert person("sana").is_active
    User.objects.filter(username="anna").update(is_staff=True)
    with pytest.raises(NotAllowed):
        deactivate(acting=maria(chest), user=person("anna"), reason=WHY)


def test_who_manages_all_of_a_persons_projects_may_close_their_account(chest: Study) -> None:
    knee = other_project("anna", founder="maria")
    deactivate(acting=maria(chest), user=person("anna"), reason=WHY)
    assert {now(chest, "anna").status, now(knee, "anna").status} == {"left"}
    assert not check_log(chest.project)


def test_a_person_is_admitted_by_user_name(chest: Study) -> None:
    person("otto")
    member = admit(acting=maria(chest), username="otto", place=Place(["annotator"], "south", 5))
    assert (member.roles, member.site, member.capacity_per_day) == (["annotator"], "south", 5)
    with pytest.raises(AlreadyDone):
        admit(acting=maria(chest), username="otto", place=ANNOTATOR)
    with pytest.raises(InvalidInput):
        admit(acting=maria(chest), username="nobody", place=ANNOTATOR)


def test_a_new_account_has_a_password_that_is_nowhere_in_the_log(chest: Study) -> None:
    member, password = admit_new(
        acting=maria(chest), account=NewAccount("nora", "Nora", "New", "nora@example.org"), place=ANNOTATOR
    )
    assert member.user.check_password(password)
    assert not any(
        password.encode() in bytes(e.body) or b"nora" in bytes(e.body) for e in Event.objects.all()
    )


@pytest.mark.parametrize(
    ("account", "refusal"),
    [
        (NewAccount("anna"), AlreadyDone),
        (NewAccount("with blank"), InvalidInput),
        (NewAccount(""), InvalidInput),
        (NewAccount("nora", email="not an address"), InvalidInput),
    ],
)
def test_a_faulty_new_account_leaves_nothing(chest: Study, account: NewAccount, refusal: Any) -> None:
    with pytest.raises(refusal):
        admit_new(acting=maria(chest), account=account, place=ANNOTATOR)
    assert User.objects.count() == len(CAST)


@pytest.mark.parametrize(
    "place", [Place([]), Place(["king"]), Place(["annotator"], "x" * 41), Place(["annotator"], "", -1)]
)
def test_a_faulty_place_leaves_nothing(chest: Study, place: Place) -> None:
    with pytest.raises(InvalidInput):
        admit_new(acting=maria(chest), account=NewAccount("nora"), place=place)
    assert not User.objects.filter(username="nora").exists()


def test_a_member_of_another_project_is_not_found(chest: Study) -> None:
    knee = other_project("anna")
    with pytest.raises(NotFound):
        member_of(maria(chest), knee.members["anna"].pk)
    with pytest.raises(NotAllowed):
        change_roles(acting=maria(chest), member=knee.members["anna"], roles=["manager"])
