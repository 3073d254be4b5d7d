"""What holds of the quality gate for any series and any rules."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.gate.parameters import PARAMETERS, BadRules, Rules
from imaging.gate.rules import judge
from tests.imaging.series import ct, series

Json = dict[str, Any]
HALVES = st.integers(0, 9).map(lambda half: str(half / 2))
ODD = st.fixed_dictionaries(
    {},
    optional={
        "position": st.tuples(HALVES, HALVES, HALVES).map(list) | st.none(),
        "orientation": st.sampled_from([["1", "0", "0", "0", "1", "0"], ["0", "1", "0", "0", "0", "-1"], None]),
        "spacing": st.sampled_from([["0.7", "0.7"], ["0.5", "0.5"], None]),
        "thickness": st.sampled_from(["1", "2.5", None]),
        "modality": st.sampled_from(["CT", "MR", "US", None]),
        "rows": st.sampled_from([32, 512]),
        "sex": st.sampled_from(["M", "F", None]),
        "lossy": st.booleans(),
    },
)  # fmt: skip
ANY_SERIES = st.lists(ODD.map(lambda changes: ct(0, **changes)), max_size=8)


@settings(deadline=None)
@given(ANY_SERIES, st.randoms(use_true_random=False))
def test_the_order_of_instances_never_matters(images: list[Json], chance: Any) -> None:
    order = list(range(len(images)))
    chance.shuffle(order)
    straight = [one.to_json() for one in judge(images)]
    shuffled = [one.to_json() for one in judge([images[place] for place in order])]
    for one in shuffled:
        one["where"] = sorted(order[place] for place in one["where"])
    assert shuffled == straight


@settings(deadline=None)
@given(st.permutations(range(10)))
def test_a_clean_series_stays_clean_in_any_order(order: list[int]) -> None:
    clean = series(10)
    assert judge([clean[place] for place in order]) == []


@settings(deadline=None)
@given(ANY_SERIES)
def test_what_is_found_is_json_without_floats_and_points_into_the_series(images: list[Json]) -> None:
    for one in judge(images):
        told = json.dumps(one.to_json())
        assert json.loads(told, parse_float=lambda _: pytest.fail("a float")) == one.to_json()
        assert one.where == sorted(set(one.where))
        assert all(0 <= place < len(images) for place in one.where)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["1", "CT"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)
FACTS = (
    *("modality", "position", "orientation", "spacing", "thickness", "rows", "frames", "frame_positions"),
    *("lossy", "lossy_ratio", "units", "suv", "sex", "laterality", "bits_stored", "body_part"),
)
MEASURES = ("constant", "clipped_high", "clipped_low", "noise", "blur")


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "facts": st.dictionaries(st.sampled_from(FACTS), ANYTHING, max_size=6),
                "measures": st.none() | st.dictionaries(st.sampled_from(MEASURES), ANYTHING, max_size=3),
                "frames": ANYTHING,
                "refused": st.none() | st.sampled_from(["truncated", "undecodable"]),
            }
        ),
        max_size=4,
    )
)
def test_whatever_facts_there_are_the_gate_answers(images: list[Json]) -> None:
    strict = Rules(clipped_low="0.1", least_slices=2, widest_pixel_mm="1", thickest_slice_mm="1")
    for one in judge(images, strict):
        json.dumps(one.to_json(), allow_nan=False)


CODES = st.lists(st.sampled_from(["CT", "MR", "CHEST", "HEAD"]), min_size=1, max_size=4, unique=True)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **{"modalities": st.none() | CODES, "body_parts": st.none() | CODES},
    **dict.fromkeys(
        ("tags_present", "tags_agree", "duplicates", "constant_pixels", "whole_pixels"), st.booleans()
    ),
    **{
        "gap_tolerance": st.sampled_from([None, "0.01", "10"]),
        "noise": st.sampled_from([None, "0.001", "1"]),
    },
    **{"least_slices": st.none() | st.integers(1, 10_000), "least_edge": st.none() | st.integers(1, 10_000)},
    **{"blur": st.sampled_from([None, "0.01", "1"]), "lossy_ratio": st.sampled_from([None, "1", "1000"])},
}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=VALUES))
def test_rules_come_back_from_json_as_they_went(given_rules: Json) -> None:
    rules = Rules.from_json(given_rules)
    there = json.loads(json.dumps(rules.to_json()))
    assert Rules.from_json(there) == rules
    assert {key: there[key] for key in given_rules} == given_rules
    assert set(there) == {one.key for one in PARAMETERS}


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        (None, "", "not_an_object"),
        ([], "", "not_an_object"),
        ({"nois/e": "1"}, "/nois~1e", "unknown_rule"),
        ({"noise": 0.1}, "/noise", "not_a_decimal"),
        ({"noise": "1e-2"}, "/noise", "not_a_decimal"),
        ({"noise": "1.1"}, "/noise", "out_of_bounds"),
        ({"gap_tolerance": "0"}, "/gap_tolerance", "out_of_bounds"),
        ({"least_slices": "9"}, "/least_slices", "not_whole"),
        ({"least_slices": True}, "/least_slices", "not_whole"),
        ({"least_slices": 0}, "/least_slices", "out_of_bounds"),
        ({"duplicates": None}, "/duplicates", "not_a_switch"),
        ({"modalities": []}, "/modalities", "not_a_list"),
        ({"modalities": "CT"}, "/modalities", "not_a_list"),
        ({"modalities": ["CT", "ct"]}, "/modalities/1", "bad_code"),
        ({"modalities": ["CT", "CT"]}, "/modalities/1", "twice"),
    ],
)
def test_bad_rules_are_refused_with_place_code_and_sentence(value: Any, path: str, code: str) -> None:
    with pytest.raises(BadRules) as refused:
        Rules.from_json(value)
    (fault,) = refused.value.faults
    assert (fault["path"], fault["code"]) == (path, code)
    assert fault["message"].endswith(".")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadRules) as refused:
        Rules.from_json({"noise": 1, "blur": 2, "nothing": 3})
    assert [one["path"] for one in refused.value.faults] == ["/noise", "/blur", "/nothing"]


def test_the_defaults_lie_within_their_own_bounds() -> None:
    assert Rules.from_json(Rules().to_json()) == Rules()
    assert all(one.sentence.endswith(".") and one.kind.bounds and one.kind.schema for one in PARAMETERS)
