"""Fields that exist only for some reads: only those reads vote, after the field that the condition names."""

import pytest

from demo.guidelines import label_schema
from demo.lidc import cases
from demo.protocols import protocol
from tests.demo.by_hand import expected_path, raw_nodules
from workflow.consensus.cases import decide_case
from workflow.consensus.outcomes import ReadInput
from workflow.protocol.protocol import Protocol

PROTOCOL = Protocol.parse(protocol())


def path_of(case: object) -> str:
    """How the engine alone carries a case, read by read."""
    for count in (2, 3):
        reads = [ReadInput(str(n), case.read(n), f"sha256:{n:064x}", n) for n in range(1, count + 1)]
        decision = decide_case(schema=label_schema(), protocol=PROTOCOL, reads=reads)
        if decision.outcome == "accept":
            return f"agreed after {count}"
        if decision.outcome == "escalate":
            return f"arbitrated after {count}: {why(decision)}"
    raise AssertionError("neither settled nor sent up")


def why(decision: object) -> str:
    """The disputed fields in the words of the hand computation."""
    if any("cut-off" in field.reason for field in decision.fields):
        return "cut-off"
    words = {"malignancy": "malignancy", "nodule": "box"}
    return " and ".join(word for key, word in words.items() if key in decision.disputed)


def test_the_engine_agrees_with_the_hand_on_every_case_of_the_demonstration() -> None:
    raw = raw_nodules()
    assert {c.external_ref: path_of(c) for c in cases()} == {
        c.external_ref: expected_path(raw[c.external_ref]) for c in cases()
    }


@pytest.mark.parametrize("absent", ["malignancy", "texture"])
def test_where_presence_is_settled_as_no_the_ratings_are_absent_and_undisputed(absent: str) -> None:
    case = next(c for c in cases() if not any(c.read(n)["fields"]["nodule_present"] for n in (1, 2)))
    reads = [ReadInput(str(n), case.read(n), f"sha256:{n:064x}", n) for n in (1, 2)]
    decision = decide_case(schema=label_schema(), protocol=PROTOCOL, reads=reads)
    assert (decision.outcome, decision.disputed) == ("accept", ())
    assert absent not in decision.reference["fields"]
