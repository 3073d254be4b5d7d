"""Reports of every version of the engine are computed again, byte for byte, by the version they name."""

import json
from pathlib import Path

import pytest

from audit.canonical import canonical
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.recomputing import recomputed
from workflow.protocol.protocol import Protocol

# Made by the first engine before there was a second; never made again.
FIRST = json.loads(Path(__file__).with_name("engine-1.json").read_text())


def again(case, **changed):
    stated = {**json.loads(case["report"]), **changed}
    reads = [ReadInput(**read) for read in case["reads"]]
    protocol = Protocol.parse(case["protocol"])
    return recomputed(stated, schema=FIRST["label_schema"], protocol=protocol, reads=reads)


@pytest.mark.parametrize("case", FIRST["cases"], ids=lambda case: case["id"])
def test_a_report_of_the_first_engine_is_computed_again_to_the_same_bytes(case):
    assert canonical(again(case)).decode() == case["report"]


def test_the_second_engine_would_decide_some_of_them_otherwise():
    ties, outlines = (
        next(case for case in FIRST["cases"] if case["id"] == name)
        for name in ("tied_matching", "outlines_stay_with_their_reads")
    )
    assert [one["question"] for one in again(ties)["findings"]] == ["where?", "real?"]
    newest = again(ties, engine="consilium-consensus/2")
    assert [one["question"] for one in newest["findings"]] == ["which?"]
    assert again(outlines, engine="consilium-consensus/2")["disputed"] == ["outline"]


def test_what_reviews_know_is_kept_and_an_unknown_engine_is_refused():
    case = FIRST["cases"][0]
    assert again(case, voided=True)["voided"] is True
    with pytest.raises(ValueError, match="not known"):
        again(case, engine="consilium-consensus/0")
