"""A protocol must fit the label schema that its project's guideline holds."""

from workflow.protocol.fitting import check_against
from workflow.protocol.protocol import Protocol

GRADES = [{"value": n, "label": str(n)} for n in range(1, 6)]
SCHEMA = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {"key": "malignancy", "kind": "ordinal", "label": "Malignancy", "categories": GRADES},
        {
            "key": "diameter",
            "kind": "number",
            "label": "D",
            "unit": "mm",
            "min": "0",
            "max": "50",
            "decimals": 1,
        },
        {"key": "comment", "kind": "text", "label": "Comment", "max_length": 100},
        {"key": "outline", "kind": "polygon", "label": "Outline"},
    ],
    "findings": {
        "min": 0,
        "max": 9,
        "types": [
            {
                "key": "nodule",
                "label": "Nodule",
                "mark": {"kind": "box"},
                "fields": [{"key": "solid", "kind": "boolean", "label": "Solid"}],
            },
            {"key": "spot", "label": "Spot", "mark": {"kind": "point"}},
        ],
    },
}


def faults(fields=None, findings=None, acceptance=None, reads=None):
    protocol = Protocol.parse(
        {
            "schema": "consilium/protocol/v1",
            "reads": reads or {"rule": "2+1", "count": 2},
            "safety_contact": {"none_because": "A study of finished cases."},
            "fields": fields or {},
            "findings": findings or {},
            "acceptance": acceptance or {},
        }
    )
    return [(fault.path, fault.code) for fault in check_against(protocol, SCHEMA)]


def test_a_protocol_that_fits_has_no_faults():
    fields = {
        "malignancy": {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"},
        "diameter": {"comparator": {"number": {"rel": "0.1"}}, "cutoffs": ["6.0"]},
        "comment": {"escalates": False},
        "outline": {"escalates": False, "aggregate": "none"},
    }
    bounds = {"malignancy": {"alpha_lower": "0.667"}, "nodule.solid": {"ac1_lower": "0.6"}}
    assert faults(fields, {"nodule": {"fields": {"solid": {}}}}, bounds) == []


def test_keys_must_exist():
    found = faults(
        {"size": {}}, {"lump": {}, "nodule": {"fields": {"colour": {}}}}, {"x": {"f1_lower": "0.5"}}
    )
    assert found == [
        ("/acceptance/x", "unknown_key"),
        ("/fields/size", "unknown_key"),
        ("/findings/lump", "unknown_key"),
        ("/findings/nodule/fields/colour", "unknown_key"),
    ]


def test_the_comparator_and_the_aggregate_must_fit_the_kind():
    found = faults(
        {
            "malignancy": {"comparator": {"jaccard": {"at_least": "1"}}, "aggregate": "mean"},
            "diameter": {"median": "low"},
        }
    )
    assert found == [
        ("/fields/diameter/median", "median_unfit"),
        ("/fields/malignancy/aggregate", "aggregate_unfit"),
        ("/fields/malignancy/comparator", "comparator_unfit"),
    ]


def test_a_cut_off_must_have_values_on_both_sides():
    for cut in (1, 6):
        assert faults({"malignancy": {"cutoffs": [cut], "median": "low"}}) == [
            ("/fields/malignancy/cutoffs", "cutoff_outside")
        ]
    assert faults({"diameter": {"cutoffs": ["50.1"]}}) == [("/fields/diameter/cutoffs", "cutoff_outside")]


def test_a_critical_grade_must_declare_its_median():
    assert faults({"malignancy": {"cutoffs": [4]}}) == [("/fields/malignancy/median", "median_undeclared")]


def test_texts_are_not_compared_and_must_not_promise_to_escalate():
    assert faults({"outline": {}, "comment": {}}) == [("/fields/comment", "not_comparable")]


def test_points_lengths_and_masks_must_say_when_they_agree():
    assert faults({}, {"spot": {}}) == [("/findings/spot/comparator", "comparator_missing")]
    near = {"comparator": {"distance": {"within": "3", "unit": "mm"}}}
    assert faults({}, {"spot": near}) == []
    assert faults({}, {"spot": {"comparator": {"iou": {"at_least": "0.5"}}, "aggregate": "staple"}}) == [
        ("/findings/spot/aggregate", "aggregate_unfit"),
        ("/findings/spot/comparator", "comparator_unfit"),
    ]


def test_two_reads_must_say_which_outline_stands_for_both():
    two = {"rule": "2+senior", "count": 2}
    assert faults({"outline": {}}, reads=two) == [("/fields/outline/aggregate", "majority_of_two")]
    assert faults({"outline": {"aggregate": "intersection"}}, reads=two) == []
