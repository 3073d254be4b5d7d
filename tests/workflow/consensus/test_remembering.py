"""What a rule has decided before is told of other reads exactly as if it had been decided anew."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.consensus.answered import field_outcome
from workflow.consensus.answers import FieldRead, decoded
from workflow.consensus.engines import ENGINES, Terms
from workflow.consensus.fields import decide_answers
from workflow.consensus.rules import Completed, completed, rule_for
from workflow.protocol.fieldrules import field_rule_from
from workflow.protocol.sections import Reads

READS = [Reads("2+1", 2, 3), Reads("majority", 3, 3), Reads("n-of-m", 3, 4, 2), Reads("unanimous", 2, 2)]
RULES = {
    "nominal": [field_rule_from({}), field_rule_from({"unanimous": True})],
    "boolean": [field_rule_from({})],
    "multi": [field_rule_from({}), field_rule_from({"comparator": {"jaccard": {"at_least": "0.5"}}})],
    "ordinal": [
        field_rule_from({"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"})
    ],
}
CATEGORIES = [{"value": value} for value in ("a", "b", 1)]
VALUES = {
    "nominal": st.sampled_from(["a", "b", 1, 2]),
    "boolean": st.booleans(),
    "multi": st.lists(st.sampled_from(["a", "b", 1]), unique=True),
    "ordinal": st.integers(1, 5),
}


@st.composite
def questions(draw):
    kind = draw(st.sampled_from(sorted(VALUES)))
    value = VALUES[kind] | st.none() | st.just({"not_assessable": True})
    values = draw(st.lists(value, min_size=2, max_size=4))
    names = draw(
        st.lists(st.text("xyz", min_size=1), min_size=len(values), max_size=len(values), unique=True)
    )
    return (
        kind,
        draw(st.sampled_from(RULES[kind])),
        draw(st.sampled_from(READS)),
        dict(zip(names, values, strict=True)),
    )


@settings(max_examples=300, deadline=None)
@given(questions(), st.booleans(), st.sampled_from(sorted(ENGINES)))
def test_a_decision_is_the_same_remembered_or_not(question, more, name):
    kind, stated, reads, values = question
    found = field_outcome(
        {"key": "a", "kind": kind, "categories": CATEGORIES},
        "fields/a",
        stated,
        reads,
        values,
        more=more,
        terms=Terms(ENGINES[name]),
    )
    answers = [FieldRead(read, decoded(kind, value)) for read, value in sorted(values.items())]
    rule = rule_for(kind, stated, reads)
    assert found.decision == decide_answers(kind, rule, answers, more=more, engine=ENGINES[name])
    assert [(one.a, one.b) for one in found.decision.numbers] == list(combinations(sorted(values), 2))


def test_true_and_one_are_remembered_apart():
    stated, reads = field_rule_from({}), READS[0]
    given_ = ((kind, one) for kind in ("nominal", "multi") for one in (1, True, 1))
    for kind, one in given_:
        field, answer = {"key": "a", "kind": kind, "categories": []}, one if kind == "nominal" else [one]
        found = field_outcome(
            field, "fields/a", stated, reads, {"x": answer, "y": answer}, more=True, terms=Terms()
        )
        [voted] = found.decision.detail["votes"]
        assert type(voted["value"]) is type(one)


def test_equal_bounds_that_are_written_otherwise_are_stated_as_written():
    bounds = [field_rule_from({"comparator": {"jaccard": {"at_least": text}}}) for text in ("0.5", "0.50")]
    assert bounds[0] == bounds[1]
    told = [completed("multi", one, READS[0]).told["comparator"] for one in bounds]
    assert told == [{"jaccard": {"at_least": "0.5"}}, {"jaccard": {"at_least": "0.50"}}]
    assert isinstance(completed("multi", bounds[0], READS[0]), Completed)
