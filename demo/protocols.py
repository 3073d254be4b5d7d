"""The protocol of the demonstration: how four LIDC readers' answers become one reference label.

Where reads disagree on `nodule_present`, the box and the ratings exist for some reads only. Then:

- a field is compared only among the reads that have it; a read without it casts no vote on it;
- it waits until the fields its condition names are settled, and is dropped from the label, undisputed,
  if the condition does not hold in the settled answer;
- at two reads with the field both must agree, at three a strict majority of them;
- every read of the round is compared on every field, so that a third read that was asked for the box
  may still cross the cut-off of malignancy, and a crossing always goes to the arbiter.

A split on `nodule_present` asks for the third read and then follows the majority ("2+1"). A study where a
missed nodule harms a patient would set `unanimous` and send the split to the senior; here the reads are
from an unblinded phase, and what the demonstration shows is how detection is settled by a third reader.
"""

from typing import Any

from demo.scales import SCALES

NO_SAFETY_CONTACT = "demonstration data, published and de-identified years ago: no patient can be reached"
DECIDING = ("nodule_present", "malignancy", "nodule")


def _deciding_fields() -> dict[str, Any]:
    """The three fields on which a case may need a third reader or the arbiter."""
    return {
        "nodule_present": {
            "comparator": {"equal": {}},
            "escalates": True,
            "unanimous": False,
            "aggregate": "majority",
        },
        "malignancy": {
            "comparator": {"ordinal": {"within": 1}},
            "cutoffs": [4],
            "median": "high",
            "escalates": True,
            "aggregate": "median",
        },
        "nodule": {
            "comparator": {"box_iou": {"at_least": "0.5", "match_at": "0.1"}},
            "escalates": True,
            "aggregate": "fused",
        },
    }


def _other_ratings() -> dict[str, Any]:
    """The ratings that are aggregated and never decide a case's path."""
    nominal = {"comparator": {"equal": {}}, "escalates": False, "aggregate": "majority"}
    ordinal = {
        "comparator": {"ordinal": {"within": 1}},
        "median": "low",
        "escalates": False,
        "aggregate": "median",
    }
    rules = {"nominal": nominal, "ordinal": ordinal}
    return {scale.key: rules[scale.kind] for scale in SCALES if scale.key not in DECIDING}


def protocol() -> dict[str, Any]:
    """The `consilium/protocol/v1` document of the study."""
    return {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": "2+1", "count": 2, "max": 3},
        "junior_review": {"share": "1.0", "always_if": [], "distinct_reviewers": True, "max_returns": 2},
        "fields": _deciding_fields() | _other_ratings(),
        "findings": {},
        "second_look": {"rounds": 0},
        "arbitration": {"sample_of_agreed": {"share": "0.05", "strata": []}, "signature": "series"},
        "blinding": {
            "annotate": ["other_reads", "reader_names", "model_output", "external_reference"],
            "review": ["other_reads", "reader_names"],
            "arbitrate": ["reader_names"],
        },
        "safety_contact": {"none_because": NO_SAFETY_CONTACT},
        "gold": {"share": "0.0", "on_low": "alert"},
        "acceptance": {"malignancy": {"alpha_lower": "0.667"}},
    }
