"""The event envelope: a full event passes, and each fault is refused at its own place."""

import json
from pathlib import Path

import pytest

from audit import envelope
from audit.actions import REASON_REQUIRED, Action
from audit.canonical import canonical
from audit.envelope import EnvelopeError, check, check_credential_snapshot, checked_body

DIGEST = "sha256:" + "ab" * 32
UUID = "5f2d2c1e-3b7a-4a39-9c8f-0d3a6b1f2e4d"
ACTOR = "act_" + "0f" * 16
TIME = "2025-11-21T08:45:01.123456Z"
VERSION = {"id": UUID, "version": 1, "digest": DIGEST}
CONTENT = {"digest": DIGEST, "media_type": "application/json", "size": 1234}
AUTH = {"method": "session", "acr": None, "session": DIGEST, "authenticated_at": TIME}
MODEL = {"name": "detector", "version": "2", "digest": DIGEST, "purpose": "prelabel"}
SIGNATURE = {
    "record": DIGEST,
    "content": DIGEST,
    "meaning": "arbitration",
    "manifest": DIGEST,
    "components": ["password", "totp"],
    "first_in_session": True,
    "evidence": None,
}

EVENT = {
    "schema": "consilium/audit-event/v1",
    "log": f"labels.example/p/{UUID}/e1",
    "event_id": UUID,
    "stream": {"kind": "case", "id": UUID},
    "seq": 7,
    "prev": DIGEST,
    "time": {
        "server": TIME,
        "client": "2025-11-21T09:45:01+01:00",
        "client_zone": "+01:00",
        "clock": "ntp-synced",
        "max_error_us": 1200,
        "regressed_us": 0,
    },
    "actor": {
        "kind": "human",
        "id": ACTOR,
        "person": DIGEST,
        "role": "senior_arbiter",
        "site": "site-3",
        "credentials": DIGEST,
        "auth": AUTH,
        "on_behalf_of": None,
    },
    "agent": {
        "software": "consilium 0.1.0",
        "software_digest": DIGEST,
        "client": "viewer 0.1.0",
        "tool": "box",
        "model": MODEL,
    },
    "action": "arbitration.decided",
    "object": {"kind": "arbitration", "id": UUID, "version": 1},
    "before": CONTENT,
    "after": CONTENT,
    "diff": CONTENT,
    "inputs": [{"role": "prelabel", "digest": DIGEST}, {"role": "source_study", "digest": DIGEST}],
    "display": DIGEST,
    "guideline": VERSION,
    "protocol": {**VERSION, "version": "1.1.0"},
    "blinding": {"peer_labels": True, "model_output": True, "prior_round": True, "clinical_data": False},
    "reason": {"code": "majority_right", "text": DIGEST},
    "state": {"from": "arbitration", "to": "final"},
    "request": {"id": UUID, "causation": DIGEST, "correlation": "import 12"},
    "signature": SIGNATURE,
    "extra": {"anything": [1, None, {"nested": "é"}]},
}

NULLABLE = [
    "/time/client", "/time/client_zone", "/actor/person", "/actor/site", "/actor/credentials",
    "/actor/auth", "/actor/auth/acr", "/actor/auth/session", "/actor/auth/authenticated_at",
    "/actor/on_behalf_of", "/agent/software_digest", "/agent/client", "/agent/tool", "/agent/model",
    "/agent/model/digest", "/before", "/after", "/diff", "/display", "/guideline", "/protocol",
    "/blinding", "/reason/text", "/state", "/state/from", "/request/causation", "/request/correlation",
    "/signature", "/signature/evidence", "/extra",
]  # fmt: skip

SNAPSHOT = {
    "schema": "consilium/credential-snapshot/v1",
    "actor": ACTOR,
    "role": "annotator",
    "profession": "physician",
    "specialty": "radiology",
    "subspecialty": None,
    "board_certifications": [
        {"body": "EBR", "country": "DE", "year": 2015, "verified_by": None, "evidence_digest": DIGEST}
    ],
    "years_experience": 11,
    "years_experience_in_modality": 9,
    "reads_last_12_months": 4200,
    "training": [{"material_digest": DIGEST, "completed_at": TIME, "score": "0.95", "passed": True}],
    "qualification_cases": {"n": 20, "passed": 19, "metric": "sensitivity", "value_milli": 950},
    "conflicts_declared": ["site-3"],
    "valid_from": TIME,
}


def change(record, pointer, value):
    """The record with the value at the pointer replaced."""
    changed = json.loads(json.dumps(record))
    *steps, last = (int(step) if step.isdecimal() else step for step in pointer.split("/")[1:])
    place = changed
    for step in steps:
        place = place[step]
    place[last] = value
    return changed


def objects(record, pointer=""):
    """Every object of the record with its pointer, but not what `extra` holds."""
    yield pointer, record
    for key, member in record.items():
        if isinstance(member, dict) and key != "extra":
            yield from objects(member, f"{pointer}/{key}")
        elif isinstance(member, list):
            for index, item in enumerate(member):
                if isinstance(item, dict):
                    yield from objects(item, f"{pointer}/{key}/{index}")


def refused_at(event, checking=check):
    with pytest.raises(EnvelopeError) as caught:
        checking(event)
    return caught.value.pointer


def test_a_full_event_passes_and_gives_its_canonical_bytes():
    check(EVENT)
    assert checked_body(EVENT) == canonical(EVENT)


@pytest.mark.parametrize("pointer", NULLABLE)
def test_what_may_be_absent_is_null(pointer):
    check(change(EVENT, pointer, None))


def test_nothing_else_may_be_null():
    for pointer, record in objects(EVENT):
        for key in record:
            place = f"{pointer}/{key}"
            # `prev` and `reason` may be null, under rules tested below.
            if place not in [*NULLABLE, "/prev", "/reason"] and not place.startswith("/extra/"):
                assert refused_at(change(EVENT, place, None)) == place


def test_every_key_is_required_and_no_other_is_allowed():
    for record, checking in [(EVENT, check), (SNAPSHOT, check_credential_snapshot)]:
        for pointer, part in objects(record):
            if pointer != "/extra":
                for key in part:
                    less = {name: value for name, value in part.items() if name != key}
                    changed = change(record, pointer, less) if pointer else less
                    assert refused_at(changed, checking) == f"{pointer}/{key}"
                assert refused_at(change(record, f"{pointer}/un_known", 1), checking) == f"{pointer}/un_known"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/schema", "consilium/audit-event/v2"),
        ("/log", "with space"),
        ("/log", "with+plus"),
        ("/event_id", UUID.upper()),
        ("/event_id", UUID.replace("-4a39", "-7a39")),
        ("/stream/kind", "task"),
        ("/stream/id", "5"),
        ("/seq", 0),
        ("/seq", True),
        ("/seq", "7"),
        ("/seq", 7.0),
        ("/prev", "ab" * 32),
        ("/prev", DIGEST.upper()),
        ("/prev", DIGEST + "\n"),
        ("/time/server", "2025-11-21T08:45:01Z"),
        ("/time/server", "2025-11-21T08:45:01.123Z"),
        ("/time/server", "2025-11-21T08:45:01.123456+00:00"),
        ("/time/server", "2025-13-21T08:45:01.123456Z"),
        ("/time/client_zone", "Europe/Berlin"),
        ("/time/clock", "good"),
        ("/time/max_error_us", -1),
        ("/actor/kind", "robot"),
        ("/actor/id", "alice"),
        ("/actor/role", "Senior Arbiter"),
        ("/actor/on_behalf_of", "alice"),
        ("/action", "case.deleted"),
        ("/object/version", -1),
        ("/after/size", -1),
        ("/after/media_type", "json"),
        ("/inputs/0/digest", "x"),
        ("/guideline/version", 0),
        ("/protocol/version", ""),
        ("/blinding/peer_labels", 1),
        ("/reason/code", "Free text."),
        ("/reason/text", "Free text."),
        ("/signature/components", []),
        ("/extra", []),
        ("/extra/anything", 1.5),
        ("/extra/anything", 2**53),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(pointer, value):
    assert refused_at(change(EVENT, pointer, value)) == pointer


def test_a_refusal_does_not_repeat_the_value():
    with pytest.raises(EnvelopeError) as caught:
        check(change(EVENT, "/reason/text", "Dr Secret was tired"))
    assert "Secret" not in f"{caught.value!s}{caught.value!r}"


def test_prev_is_null_in_the_first_event_and_only_there():
    first = EVENT | {"seq": 1, "prev": None}
    check(first)
    assert refused_at(first | {"seq": 2}) == "/prev"
    assert refused_at(first | {"prev": DIGEST}) == "/prev"


@pytest.mark.parametrize("action", Action)
def test_a_reason_is_required_where_the_catalogue_says_so(action):
    event = EVENT | {"action": action, "reason": None}
    if action in REASON_REQUIRED:
        assert refused_at(event) == "/reason"
    else:
        check(event)
    check(EVENT | {"action": action})


def test_inputs_are_sorted_and_cited_once():
    assert refused_at(EVENT | {"inputs": EVENT["inputs"][::-1]}) == "/inputs"
    assert refused_at(EVENT | {"inputs": [EVENT["inputs"][0]] * 2}) == "/inputs"
    check(EVENT | {"inputs": []})


def test_a_body_has_at_most_65535_bytes():
    room = 65535 - len(canonical(EVENT | {"extra": {"a": ""}}))
    assert len(checked_body(EVENT | {"extra": {"a": "x" * room}})) == 65535
    assert refused_at(EVENT | {"extra": {"a": "x" * (room + 1)}}) == ""


def test_a_nul_character_is_refused_because_the_database_cannot_index_it():
    assert refused_at(EVENT | {"extra": {"a": "x\0"}}) == ""
    assert refused_at(EVENT | {"extra": {"a": "\\\0"}}) == ""
    check(EVENT | {"extra": {"a": "\\u0000"}})


def test_the_schema_lists_the_actions_of_the_catalogue():
    schema = json.loads((Path(envelope.__file__).parent / "schemas" / "audit-event-v1.json").read_text())
    assert schema["properties"]["action"]["enum"] == list(Action)


def test_an_action_is_named_after_its_value():
    assert [action.name for action in Action] == [action.value.upper().replace(".", "_") for action in Action]


def test_a_credential_snapshot_passes_and_a_name_in_it_does_not():
    check_credential_snapshot(SNAPSHOT)
    assert refused_at(SNAPSHOT | {"actor": "alice"}, check_credential_snapshot) == "/actor"
    assert refused_at(SNAPSHOT | {"name": "Alice"}, check_credential_snapshot) == "/name"


@pytest.mark.parametrize(
    "key", ["specialty", "years_experience", "reads_last_12_months", "qualification_cases"]
)
def test_what_is_not_known_of_a_person_is_null(key):
    check_credential_snapshot(SNAPSHOT | {key: None})
