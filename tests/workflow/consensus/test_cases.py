"""A whole case: fields and findings settled one by one, and only what is disputed goes up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.consensus.cases import decide_case
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.report import report
from workflow.protocol.protocol import Protocol

GRADES = [{"value": n, "label": str(n)} for n in range(1, 6)]
SCHEMA = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {
            "key": "quality",
            "kind": "nominal",
            "label": "Quality",
            "categories": [{"value": "good", "label": "Good"}, {"value": "poor", "label": "Poor"}],
        },
        {"key": "size", "kind": "number", "label": "Size", "unit": "mm", "decimals": 1, "required": False},
        {"key": "comment", "kind": "text", "label": "Comment", "max_length": 99, "required": False},
        {"key": "outline", "kind": "polygon", "label": "Outline", "required": False},
    ],
    "findings": {
        "min": 0,
        "max": 9,
        "types": [
            {
                "key": "nodule",
                "label": "Nodule",
                "mark": {"kind": "box", "slices": True},
                "fields": [{"key": "grade", "kind": "ordinal", "label": "Grade", "categories": GRADES}],
            },
            {"key": "spot", "label": "Spot", "mark": {"kind": "point"}},
        ],
    },
}
DIGEST = "sha256:" + "0" * 64
GRADE_RULE = {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"}


def protocol(rule="2+1", count=2, **more):
    document = {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": rule, "count": count},
        "safety_contact": {"none_because": "Finished cases."},
        "fields": {"size": {"comparator": {"number": {"abs": "1"}}}, "comment": {"escalates": False}},
        "findings": {"nodule": {"fields": {"grade": GRADE_RULE}}},
        "second_look": {"rounds": 1},
        **more,
    }
    return Protocol.parse(document)


def nodule(identity, x, grade=3, y=0, slices=(4, 6)):
    mark = {
        "kind": "box",
        "on": {"series": "1.2", "slices": list(slices)},
        "min": [x, y],
        "max": [x + 1000, y + 1000],
    }
    return {"id": identity, "type": "nodule", "mark": mark, "fields": {"grade": grade}}


def read(name, *findings, flags=(), **fields):
    content = {
        "schema": "consilium/read/v1",
        "fields": {"quality": "good", **fields},
        "findings": list(findings),
        "flags": list(flags),
    }
    return ReadInput(name, content, f"sha256:{name}", ord(name[-1]))


def decide(*reads, by=None):
    return decide_case(schema=SCHEMA, protocol=by or protocol(), reads=reads)


def test_a_case_waits_for_its_planned_reads():
    decision = decide(read("a"))
    assert (decision.outcome, decision.reason) == ("wait", "quorum 2, have 1")
    assert decision.reference is None


def test_two_reads_that_agree_make_the_reference():
    decision = decide(read("a", nodule("n9", 0), size="8.0"), read("b", nodule("n1", 101), size="8.5"))
    assert (decision.outcome, decision.disputed) == ("accept", ())
    assert decision.reference == {
        "schema": "consilium/read/v1",
        "fields": {"quality": "good", "size": "8.3"},
        "findings": [nodule("f1", 51)],
    }


def test_no_finding_in_any_read_is_agreement():
    assert decide(read("a"), read("b")).outcome == "accept"


def test_a_disagreement_within_2_plus_1_asks_for_a_third_read():
    decision = decide(read("a"), read("b", quality="poor"))
    assert (decision.outcome, decision.disputed, decision.reference) == ("request_read", ("quality",), None)
    assert decide(read("a"), read("b", quality="poor"), read("c")).outcome == "accept"


def test_a_case_goes_up_with_only_what_is_disputed():
    first = read("a", nodule("n1", 0, grade=3), nodule("n2", 9000), size="8.0")
    second = read("b", nodule("n1", 0, grade=4), nodule("n2", 9000), size="8.0", quality="poor")
    decision = decide(first, second)
    assert (decision.outcome, decision.disputed) == ("escalate", ("quality", "f1/grade"))
    assert decision.findings[0].question == "what?"
    kept = decision.reference
    assert kept["fields"] == {"size": "8.0"}
    assert [finding["fields"] for finding in kept["findings"]] == [{}, {"grade": 3}]


def test_a_finding_that_one_reader_alone_marked_is_asked_about():
    lone = read("a", nodule("n1", 0))
    assert decide(lone, read("b")).outcome == "request_read"
    for rule in ("2+senior", "unanimous"):
        decision = decide(lone, read("b"), by=protocol(rule))
        assert (decision.outcome, decision.disputed) == ("escalate", ("f1",))
    decision = decide(lone, read("b"), read("c"))
    assert (decision.outcome, decision.findings[0].question) == ("escalate", "real?")
    assert decision.reference["findings"] == []


def test_a_finding_that_two_of_three_marked_is_kept_with_its_count():
    decision = decide(read("a", nodule("n1", 0)), read("b"), read("c", nodule("n1", 100)))
    [finding] = decision.findings
    assert (decision.outcome, finding.held, finding.of) == ("accept", 2, 3)
    assert decision.reference["findings"] == [nodule("f1", 50)]


def test_marks_that_are_matched_but_differ_in_extent_are_asked_about():
    decision = decide(read("a", nodule("n1", 0)), read("b", nodule("n1", 600)), by=protocol("2+senior"))
    assert (decision.findings[0].question, decision.disputed) == ("where?", ("f1",))
    assert decision.reference["findings"] == []


def test_a_chain_that_joins_two_marks_of_one_reader_goes_up():
    chain = [
        read("a", nodule("n1", 0), nodule("n2", 1200)),
        read("b", nodule("n1", 600)),
        read("c", nodule("n1", 0), nodule("n2", 700)),
    ]
    decision = decide(*chain)
    assert decision.outcome == "escalate"
    assert "which?" in [finding.question for finding in decision.findings]


def test_texts_stay_with_their_reads():
    decision = decide(read("a", comment="left"), read("b", comment="right"))
    outcomes = {field.key: field for field in decision.fields}
    assert decision.outcome == "accept"
    assert outcomes["comment"].reason == "kept_by_read"
    assert outcomes["comment"].values == {"a": "left", "b": "right"}


def test_a_mark_of_which_the_protocol_says_nothing_is_never_dropped_in_silence():
    def spot(x):
        return {"id": "s1", "type": "spot", "mark": {"kind": "point", "on": {}, "at": [x, 5]}, "fields": {}}

    outline = {"kind": "polygon", "on": {}, "points": [[0, 0], [1000, 0], [1000, 1000]]}
    senior = protocol("2+senior")
    assert decide(read("a", spot(5)), read("b", spot(5)), by=senior).outcome == "accept"
    assert decide(read("a", spot(5)), read("b", spot(6)), by=senior).disputed == ("f1", "f2")
    assert decide(read("a", outline=outline), read("b"), by=senior).disputed == ("outline",)


def test_one_read_alone_is_taken_as_it_stands_where_the_protocol_plans_only_one():
    spot = {"id": "s1", "type": "spot", "mark": {"kind": "point", "on": {}, "at": [5, 5]}, "fields": {}}
    only = read("a", nodule("n1", 7, grade=5), spot, comment="seen", size="3.0")
    decision = decide(only, by=protocol("unanimous", 1))
    assert decision.outcome == "accept"
    assert decision.reference["fields"] == only.content["fields"]
    assert decision.reference["findings"] == [nodule("f1", 7, grade=5), {**spot, "id": "f2"}]


def test_a_reader_may_ask_for_a_senior():
    decision = decide(read("a", flags=["escalate"]), read("b"))
    assert (decision.outcome, decision.reason) == ("escalate", "a reader asks for a senior")


def test_four_readers_after_their_second_look_are_decided_like_a_majority():
    four = protocol("lidc-two-phase", 4)
    reads = [
        read(name, nodule("n1", 0), quality=quality) for name, quality in zip("abcd", "ggxg", strict=True)
    ]
    assert decide(*reads, by=four).outcome == "accept"
    tied = [read(name, quality=quality) for name, quality in zip("abcd", "ggxx", strict=True)]
    assert decide(*tied, by=four).disputed == ("quality",)


@pytest.mark.parametrize("other", [ReadInput("a", {}, DIGEST, 2), ReadInput("b", {}, DIGEST, 97)])
def test_one_reader_cannot_count_twice(other):
    with pytest.raises(ValueError, match="share the"):
        decide(read("a"), other)


def test_the_report_states_inputs_numbers_rule_and_value():
    stated = report(decide(read("b", nodule("n1", 101)), read("a", nodule("n2", 0))), protocol_digest=DIGEST)
    assert stated["engine"] == "consilium-consensus/2"
    assert stated["inputs"][0] == {"read": "a", "slot": 97, "digest": "sha256:a"}
    mark = stated["findings"][0]["mark"]
    assert mark["pairs"] == [{"reads": ["a", "b"], "agree": True, "number": "0.816530"}]
    assert mark["rule"]["comparator"] == {"box_iou": {"at_least": "0.5", "match_at": "0.1"}}
    assert stated["findings"][0]["marks"] == [
        {"read": "a", "findings": ["n2"]},
        {"read": "b", "findings": ["n1"]},
    ]


def members(value):
    yield value
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from members(member)


def marks():
    places = st.lists(st.integers(0, 3000), max_size=3, unique=True)
    grades = st.integers(1, 5)
    return st.tuples(places, grades, st.sampled_from(["good", "poor"]))


def built(drawn, shift=0):
    reads = []
    for name, (places, grade, quality) in zip("abcd", drawn, strict=False):
        found = [nodule(f"n{n}", x + shift, grade, y=shift) for n, x in enumerate(places)]
        reads.append(read(name, *found, quality=quality))
    return reads


CASES = st.lists(marks(), min_size=2, max_size=4)
RULES = st.sampled_from([("2+1", 2), ("2+senior", 2), ("majority", 3), ("unanimous", 2)])


@settings(max_examples=60, deadline=None)
@given(CASES, RULES, st.randoms(use_true_random=False))
def test_reads_in_any_order_give_the_same_report_within_the_profile(drawn, rule, random):
    reads, by = built(drawn), protocol(*rule)
    shuffled = list(reads)
    random.shuffle(shuffled)
    stated = report(decide(*reads, by=by), protocol_digest=DIGEST)
    assert stated == report(decide(*shuffled, by=by), protocol_digest=DIGEST)
    assert not any(isinstance(member, float) for member in members(stated))
    assert json.loads(json.dumps(stated)) == stated


@settings(max_examples=60, deadline=None)
@given(CASES, RULES, st.randoms(use_true_random=False))
def test_who_gave_which_read_does_not_change_what_is_settled(drawn, rule, random):
    swapped = list(drawn)
    random.shuffle(swapped)
    one, other = (decide(*built(reads), by=protocol(*rule)) for reads in (drawn, swapped))
    assert (one.outcome, one.disputed, one.reference) == (other.outcome, other.disputed, other.reference)


@settings(max_examples=60, deadline=None)
@given(CASES, st.integers(-(10**6), 10**6))
def test_a_common_shift_changes_no_match(drawn, shift):
    one, other = decide(*built(drawn)), decide(*built(drawn, shift))
    assert (one.outcome, one.disputed) == (other.outcome, other.disputed)
    for here, there in zip(one.findings, other.findings, strict=True):
        ids = [[mark["id"] for mark in found] for found in here.marks.values()]
        assert ids == [[mark["id"] for mark in found] for found in there.marks.values()]


@settings(max_examples=30, deadline=None)
@given(CASES, CASES)
def test_a_decision_depends_on_its_case_alone(first, second):
    before = report(decide(*built(first)), protocol_digest=DIGEST)
    decide(*built(second))
    assert report(decide(*built(first)), protocol_digest=DIGEST) == before
