"""The timeline tells what the log holds: who, when, what, why."""

import json

import pytest

from audit.models import Event, Opening
from tests.api.client import As
from tests.people import Study, study

pytestmark = pytest.mark.django_db(transaction=True)
REASON = {"reason_code": "later", "note": "Wait for the second series."}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def timeline(chest: Study, name: str = "aud", **query: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = As(name).get(f"/cases/{chest.case().pk}/timeline", **query)["results"]
    return found


def test_every_event_of_the_case_stands_there_in_order(chest: Study) -> None:
    chest.agree_at_two()
    events = timeline(chest)
    assert [e["seq"] for e in events] == list(range(1, chest.case().audit_seq + 1))
    assert events[-1]["leaf_hash"] == f"sha256:{bytes(chest.case().audit_head).hex()}"
    assert [e["state"]["to"] for e in events if e["state"]] == [
        "intake", "annotation", "junior_review", "consensus", "final",
    ]  # fmt: skip


def test_an_event_names_the_person_and_the_reason(chest: Study) -> None:
    As("maria").post(f"/cases/{chest.case().pk}/hold", REASON)
    last = timeline(chest)[-1]
    assert (last["action"], last["actor"]["name"], last["actor"]["role"]) == (
        "case.held",
        "Maria Manager",
        "manager",
    )
    assert last["reason"] == {"code": "later", "text": "Wait for the second series."}


def test_an_erased_reason_leaves_its_code(chest: Study, owner_connection: object) -> None:
    As("maria").post(f"/cases/{chest.case().pk}/hold", REASON)
    Opening.objects.get(value=REASON["note"])
    owner_connection.execute("DELETE FROM audit_opening WHERE value = %s", [json.dumps(REASON["note"])])  # type: ignore[attr-defined]
    owner_connection.commit()  # type: ignore[attr-defined]
    assert timeline(chest)[-1]["reason"] == {"code": "later", "text": None}


def test_the_log_says_from_where_it_came_but_not_the_token(chest: Study) -> None:
    asked = "0b9ff4ba-4ef5-4f1e-9a53-1c3c0b3f4b1a"
    maria = As("maria")
    maria.post(
        f"/cases/{chest.case().pk}/hold", REASON, X_Request_ID=asked, User_Agent="ui/1 \x07é" + "x" * 300
    )
    body = json.loads(bytes(Event.objects.order_by("-pk").first().body))
    assert body["request"]["id"] == asked == timeline(chest)[-1]["request_id"]
    assert body["agent"]["client"] == ("ui/1 " + "x" * 300)[:200]
    assert body["actor"]["auth"]["method"] == "token"
    assert body["actor"]["auth"]["session"].startswith("sha256:")
    assert maria.headers["Authorization"].split()[1] not in json.dumps(body)
