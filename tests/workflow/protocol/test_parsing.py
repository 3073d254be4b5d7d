"""A protocol is complete once parsed, and a faulty one is told everything at once."""

import pytest

from workflow.protocol.comparators import BoxIou, Ordinal
from workflow.protocol.faults import ProtocolError
from workflow.protocol.protocol import Protocol

MINIMAL = {
    "schema": "consilium/protocol/v1",
    "reads": {"rule": "2+1", "count": 2},
    "safety_contact": {"acknowledge_within": "24h"},
}


def faults_of(**changes):
    with pytest.raises(ProtocolError) as caught:
        Protocol.parse({**MINIMAL, **changes})
    return {(fault.path, fault.code) for fault in caught.value.faults}


def test_a_minimal_protocol_is_filled_with_defaults():
    document = Protocol.parse(MINIMAL).document()
    assert document["reads"] == {"rule": "2+1", "count": 2, "max": 3}
    assert document["junior_review"]["share"] == "1.0"
    assert document["arbitration"] == {
        "sample_of_agreed": {"share": "0.05", "strata": ["positive"]},
        "signature": "strict",
    }
    assert document["second_look"] == {"rounds": 0}


def test_the_document_of_a_protocol_parses_to_the_same_protocol():
    protocol = Protocol.parse(
        {
            **MINIMAL,
            "fields": {
                "malignancy": {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"},
                "diameter": {"comparator": {"number": {"abs": "1.0", "rel": "0.10"}}, "cutoffs": ["6.0"]},
                "nodule": {"comparator": {"box_iou": {"at_least": "0.5"}}},
                "texture": {"escalates": False},
            },
            "findings": {"nodule": {"at_least": "0.4"}},
            "acceptance": {"malignancy": {"alpha_lower": "0.667"}},
        }
    )
    assert Protocol.parse(protocol.document()) == protocol
    assert protocol.fields["malignancy"].comparator == Ordinal(within=1, max_range=2)
    assert protocol.fields["diameter"].document()["comparator"] == {"number": {"abs": "1.0", "rel": "0.10"}}
    assert isinstance(protocol.fields["nodule"].comparator, BoxIou)


def test_the_order_of_a_set_does_not_change_the_document():
    one = {**MINIMAL, "blinding": {"review": ["reader_names", "other_reads"]}}
    other = {**MINIMAL, "blinding": {"review": ["other_reads", "reader_names"]}}
    assert Protocol.parse(one).document() == Protocol.parse(other).document()


def test_every_fault_is_named_at_once():
    found = faults_of(
        reads={"rule": "2+senior", "count": 2, "max": 3},
        safety_contact={},
        blinding={"annotate": ["reader_names"]},
        fields={
            "a": {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4]},
            "b": {"comparator": {"guess": {}}},
            "c": {"cutoffs": [1], "escalates": False},
        },
    )
    assert found == {
        ("/reads", "rule_count"),
        ("/safety_contact", "minProperties"),
        ("/blinding/annotate", "not_independent"),
        ("/fields/a/median", "median_undeclared"),
        ("/fields/b/comparator", "additionalProperties"),
        ("/fields/c/escalates", "critical_silent"),
    }


def test_a_number_that_is_not_a_string_is_outside_the_profile():
    assert faults_of(gold={"share": 0.1}) == {("/gold/share", "profile")}
    assert faults_of(second_look={"rounds": 2.0}) == {("/second_look/rounds", "profile")}


@pytest.mark.parametrize(
    ("reads", "fault"),
    [
        ({"rule": "majority", "count": 3, "max": 2}, ("/reads/max", "count_above_max")),
        ({"rule": "majority", "count": 1}, ("/reads/count", "rule_count")),
        ({"rule": "2+1", "count": 3}, ("/reads", "rule_count")),
        ({"rule": "unanimous", "count": 2, "max": 3}, ("/reads/max", "rule_count")),
        ({"rule": "n-of-m", "count": 3}, ("/reads/n", "n_missing")),
        ({"rule": "n-of-m", "count": 3, "n": 4}, ("/reads/n", "n_above_count")),
        ({"rule": "majority", "count": 3, "n": 2}, ("/reads/n", "n_unused")),
        ({"rule": "lidc-two-phase", "count": 4}, ("/second_look/rounds", "second_look_missing")),
        ({"rule": "coin", "count": 2}, ("/reads/rule", "enum")),
    ],
)
def test_reads_that_contradict_their_rule_are_refused(reads, fault):
    assert faults_of(reads=reads) == {fault}


@pytest.mark.parametrize("document", [None, [], "text", {}, {"schema": 1, 2: 3}])
def test_what_is_no_protocol_at_all_is_refused_with_a_sentence(document):
    with pytest.raises(ProtocolError) as caught:
        Protocol.parse(document)
    assert all(fault.message for fault in caught.value.faults)


def test_a_protocol_from_before_displays_and_feedback_keeps_its_document_and_asks_for_neither():
    protocol = Protocol.parse(MINIMAL)
    assert not {"display", "feedback"} & set(protocol.document())
    assert [protocol.display.daily, protocol.feedback.finals, protocol.feedback.controls] == [False] * 3


def test_what_a_protocol_asks_of_displays_and_tells_readers_is_in_its_document():
    stated = {"display": {"attest": "daily"}, "feedback": {"finals": True}}
    protocol = Protocol.parse({**MINIMAL, **stated})
    assert protocol.display.daily
    assert protocol.document()["feedback"] == {"finals": True, "controls": False}
    assert Protocol.parse(protocol.document()) == protocol


def test_attesting_a_display_weekly_is_no_choice():
    with pytest.raises(ProtocolError):
        Protocol.parse({**MINIMAL, "display": {"attest": "weekly"}})
