"""Every address of the service as anonymous, outsider, each role, and each role of another project, against a table."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import resolve

from screens.manager.case_acts import BY_NAME as CASE_ACTS
from screens.manager.person_acts import BY_NAME as PERSON_ACTS
from tests.dicomweb import EVERYWHERE
from tests.permission_table import BODIES, TABLE
from tests.walking import (
    EVERYBODY,
    KNEE,
    NOBODY,
    OUTSIDER,
    SECRETS,
    House,
    house,
    routes,
    with_limited_token,
    with_link,
)

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STRANGERS = (OUTSIDER, *KNEE)
GROUPS = {"all": "".join(EVERYBODY), "signed": "".join(EVERYBODY[1:]), "-": ""}
NO_ACTS = {"dossier", "tlog-proof", "images"}
BY_LINK = "/api/v1/dicomweb/links/{link}/"  # takes the token in its path, and no other
OWN_ACCOUNT = ("/api/v1/tokens", "/api/v1/tokens/{token}/revoke")


@dataclass(frozen=True)
class Door:
    """A line of the table, for one method."""

    method: str
    address: str
    who: str
    exceptions: tuple[str, ...]

    def expected(self, person: str) -> str:
        """How the answer to this person counts."""
        for exception in self.exceptions:
            names, _, outcome = exception.partition("=")
            if person in GROUPS.get(names, names):
                return outcome
        if person in self.who:
            return "in"
        if person == NOBODY:
            return "401" if self.address.startswith("/api/") else "sign_in"
        return "404" if person in STRANGERS else "403"


def doors() -> Iterator[Door]:
    for line in TABLE.strip().splitlines():
        methods, address, who, *rest = line.partition("#")[0].split()
        for method in methods.split(","):
            own = [r.removeprefix(f"{method}:") for r in rest if ":" not in r or r.startswith(f"{method}:")]
            yield Door(method, address, GROUPS.get(who, who), tuple(own))


def route_of(built: House, address: str) -> str:
    return resolve(built.address(address).partition("?")[0]).route


def test_everybody_gets_in_where_the_table_says_and_nowhere_else() -> None:
    built, wrong = house(), []
    for door in doors():
        for person in EVERYBODY:
            answer = built.ask(person, door.method, door.address, BODIES.get(door.address))
            outcome = str(answer.status) if door.expected(person) == "409" else answer.outcome
            if outcome != door.expected(person):
                wrong.append(f"{person} {door.method} {door.address}: {outcome}, not {door.expected(person)}")
            if person in STRANGERS or (answer.outcome != "in" and person != "h"):
                told = [secret for secret in SECRETS if secret in answer.told]
                wrong += [f"{person} {door.method} {door.address} is told {told}"] if told else []
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_address_and_every_act() -> None:
    built = house()
    listed = {door.address for door in doors()}
    assert {route_of(built, address) for address in listed} == set(routes())
    acts = {"cases/{case}": CASE_ACTS, "people/{member}": PERSON_ACTS}
    for place, named in acts.items():
        under = f"/projects/chest/{place}/"
        found = {address.removeprefix(under).strip("/") for address in listed if address.startswith(under)}
        assert found - NO_ACTS == {"", *named}


def test_no_address_takes_a_method_that_is_not_in_the_table() -> None:
    """allauth's pages of one's own account look at the person before they look at the method."""
    built, wrong = house(), []
    for address in dict.fromkeys(door.address for door in doors()):
        listed = {door.method: door for door in doors() if door.address == address}
        for method in METHODS:
            if method in listed:
                continue
            if address.startswith("/accounts/"):
                known = {door.expected(NOBODY) for door in listed.values()}
                kept = built.ask(NOBODY, method, address).outcome in {*known, "405"}
            else:
                kept = all(built.ask(who, method, address).outcome == "405" for who in ("m", "h", OUTSIDER))
            wrong += [] if kept else [f"{method} {address}"]
    assert not wrong, "\n".join(wrong)


def test_a_token_that_only_reads_changes_nothing_anywhere() -> None:
    built = house()
    reader = with_limited_token(built, verbs=["read"])
    for door in doors():
        if not door.address.startswith("/api/v1/") or door.address in OWN_ACCOUNT:
            continue
        answer = built.ask(reader, door.method, door.address, BODIES.get(door.address))
        if door.method == "GET" and not door.address.endswith("/download"):  # a bundle is more than a look
            assert answer.outcome == door.expected("m"), door
        else:
            assert (answer.status, '"token_scope"' in answer.told) == (403, True), door


def test_a_token_of_another_project_finds_every_door_closed() -> None:
    built = house()
    elsewhere = with_limited_token(built, projects=["knee"])
    for door in doors():
        if not door.address.startswith("/api/v1/") or door.expected(OUTSIDER) != "404":
            continue
        if door.address in OWN_ACCOUNT or door.address.startswith((*EVERYWHERE, BY_LINK)):
            continue
        answer = built.ask(elsewhere, door.method, door.address, BODIES.get(door.address))
        assert (answer.status, '"token_scope"' in answer.told) == (403, True), door


OF_A_LINK = {
    ("GET", "/api/v1/tasks/{task}"): "see",
    ("POST", "/api/v1/tasks/{task}/heartbeat"): "work",
    ("POST", "/api/v1/tasks/{task}/draft"): "work",
    ("POST", "/api/v1/tasks/{task}/commit"): "work",
    ("POST", "/api/v1/tasks/{task}/submit"): "work",
}
FOR_ALL = ("/api/v1/schema", "/api/v1/docs", "/api/nowhere")


@pytest.mark.parametrize("verbs", [("see",), ("see", "work")])
def test_a_token_of_one_task_opens_that_task_and_no_other_door(verbs: tuple[str, ...]) -> None:
    built = house()
    link = with_link(built, *verbs)
    for door in doors():
        if not door.address.startswith("/api/") or door.address in FOR_ALL:
            expected = door.expected(NOBODY)  # no page takes a token
            assert built.ask(link, door.method, door.address).outcome == expected, door
            continue
        answer = built.ask(link, door.method, door.address, BODIES.get(door.address))
        if OF_A_LINK.get((door.method, door.address)) in verbs:
            assert answer.outcome == "in", door
        elif door.address.startswith(("/api/v1/dicomweb/tasks/{task}/", BY_LINK)):
            assert answer.outcome == door.expected("h"), door
        else:
            assert (answer.status, '"token_scope"' in answer.told) == (403, True), door
