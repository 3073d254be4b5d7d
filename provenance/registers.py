"""`data/registers/`: the versions that labels were made under, and everybody in the project, from its own stream."""

from collections.abc import Iterator
from typing import Any, Final

from audit.bundle.bag import Bag
from audit.bundle.contents import openings
from audit.bundle.reading import Reader
from audit.bundle.scope import Scope
from audit.canonical import canonical, parse
from audit.merkle import leaf_hash

_EVENTS = """
SELECT e.body FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE {sealed} AND e.stream_kind = 'project' AND e.action = ANY(%s)
ORDER BY e.stream_id, e.stream_seq
"""
_STATUS: Final = {"reader.paused": "paused", "reader.resumed": "active", "account.disabled": "left"}
ACTIONS: Final = (
    *(f"{kind}.{what}" for kind in ("guideline", "protocol") for what in ("published", "retired")),
    "guideline.acknowledged",
    "account.registered",
    "account.role_granted",
    "account.role_revoked",
    "account.credentials_changed",
    "training.completed",
    *_STATUS,
)


def write_registers(bag: Bag, reader: Reader, scope: Scope, *, named: bool) -> None:
    """Write both registers; `named`: with people's names, as far as they were not erased."""
    registers = Registers()
    sealed, params = scope.sealed()
    for (body,) in reader.rows(_EVENTS.format(sealed=sealed), [*params, list(ACTIONS)]):
        registers.take(parse(body), f"sha256:{leaf_hash(body).hex()}")
    people = list(registers.people())
    names = _names(reader, [person["person"] for person in people]) if named else {}
    for path, lines in (
        ("guidelines", registers.versions()),
        ("readers", ({**person, "name": names.get(person["person"])} for person in people)),
    ):
        bag.add(f"data/registers/{path}.ndjson", b"".join(canonical(line) + b"\n" for line in lines))


def _names(reader: Reader, commitments: list[str]) -> dict[str, str]:
    return {each["commitment"]: each["value"]["name"] for each in openings(reader, sorted(commitments))}


class Registers:
    """What the project's events say of versions and people, oldest first."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], dict[str, Any]] = {}
        self._people: dict[str, dict[str, Any]] = {}

    def take(self, event: dict[str, Any], leaf: str) -> None:
        """The next event."""
        subject, what = event["action"].split(".")
        if what in ("published", "retired"):
            self._version(event, subject, what, leaf)
        elif what == "acknowledged":
            self._acknowledged(event)
        else:
            self._about_person(event, leaf)

    def versions(self) -> Iterator[dict[str, Any]]:
        """Guideline and protocol versions, by kind and number."""
        yield from (self._versions[key] for key in sorted(self._versions))

    def people(self) -> Iterator[dict[str, Any]]:
        """Everybody, by their name in the log."""
        yield from (self._people[actor] for actor in sorted(self._people))

    def _version(self, event: dict[str, Any], kind: str, what: str, leaf: str) -> None:
        number, at = event["object"]["version"], event["time"]["server"]
        if what == "retired":
            self._versions[kind, number] |= {"retired_at": at, "retired_in": leaf}
            return
        self._versions[kind, number] = {
            "kind": kind,
            "id": event["object"]["id"],
            "version": number,
            "digest": event["after"]["digest"],
            "changes_meaning": event["extra"]["changes_meaning"],
            "change_note": event["reason"]["text"],
            "published_at": at,
            "published_by": event["actor"]["id"],
            "published_in": leaf,
            "retired_at": None,
            "retired_in": None,
        }

    def _acknowledged(self, event: dict[str, Any]) -> None:
        done = {
            "at": event["time"]["server"],
            "guideline": event["inputs"][0]["digest"],
            "version": event["object"]["version"],
        }
        self._people[event["actor"]["id"]]["acknowledged"].append(done)

    def _about_person(self, event: dict[str, Any], leaf: str) -> None:
        action, at, extra = event["action"], event["time"]["server"], event["extra"]
        if action == "account.registered":
            self._people[extra["actor"]] = _registered(event, leaf)
            return
        person = self._people[extra["actor"]]
        if action == "account.role_granted":
            person["roles"] += [{"role": role, "from": at, "to": None} for role in extra["roles"]]
        elif action == "account.role_revoked":
            for held in person["roles"]:
                if held["role"] in extra["roles"] and held["to"] is None:
                    held["to"] = at
        elif action == "account.credentials_changed":
            person["credentials"].append({"digest": event["after"]["digest"], "since": at})
        elif action == "training.completed":
            about = {"material": event["inputs"][0]["digest"], "at": at}
            person["training"].append({**about, "passed": extra["passed"], "score": extra["score"]})
        else:
            person["status"].append({"status": _STATUS[action], "at": at})


def _registered(event: dict[str, Any], leaf: str) -> dict[str, Any]:
    at, extra = event["time"]["server"], event["extra"]
    return {
        "actor": extra["actor"],
        "person": extra["person"],
        "site": extra["site"] or None,
        "registered_at": at,
        "registered_in": leaf,
        "roles": [],
        "credentials": [{"digest": event["after"]["digest"], "since": at}],
        "status": [{"status": "active", "at": at}],
        "training": [],
        "acknowledged": [],
    }
