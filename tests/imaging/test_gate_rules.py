"""Each rule of the quality gate: a series that it finds, and one that just passes."""

from collections.abc import Callable
from typing import Any

import pytest

from imaging.gate.rules import RULES, Rules, judge
from tests.imaging.series import PLAIN, cine, ct, enhanced, mammogram, measured, series

Json = dict[str, Any]
Change = Callable[[list[Json]], Any]
SIDEWAYS = ["0", "1", "0", "0", "0", "-1"]


def tilted(degrees: str) -> list[str]:
    """Directions tilted about the rows' axis, for the two angles that the tests want."""
    return ["1", "0", "0", "0", *{"0.9": ["0.999877", "0.015707"], "1.1": ["0.999816", "0.019197"]}[degrees]]


def lacking(key: str) -> list[Json]:
    return [*series(7), ct(7, **{key: None})]


def with_measures(**changes: Any) -> list[Json]:
    return [one | {"measures": measured(**changes, mean=str(place))} for place, one in enumerate(series())]


def pet(**changes: Any) -> Json:
    return ct(0, modality="PT", **({"units": "BQML", "suv": "0.0001"} | changes))


def exposed(photometric: str) -> Json:
    """An X-ray with a third of its pixels at the highest value."""
    return mammogram(photometric=photometric) | {"measures": measured(clipped_high="0.3")}


def at(*millimetres: float) -> list[Json]:
    return [
        one | {"facts": one["facts"] | {"position": ["0", "0", str(z)]}}
        for one, z in zip(series(len(millimetres)), millimetres, strict=True)
    ]


# code, rules, a series that is found with the images concerned, one that just passes
CASES: list[tuple[str, Json, list[Json], list[int], list[Json]]] = [
    ("tags_missing", {}, lacking("position"), [7], lacking("body_part")),
    ("tags_missing", {}, [mammogram(), mammogram(view_position=None)], [1], [mammogram(), mammogram()]),
    ("tags_missing", {}, [mammogram(laterality="")], [0], [mammogram(laterality="R")]),
    ("tags_missing", {}, [cine(frame_time=None)], [0], [cine(), cine(frame_time=None, frames=1)]),
    ("tags_missing", {}, [ct(0, modality=None)], [0], [ct(0)]),
    ("tags_missing", {}, [pet(suv=None), pet()], [0], [pet()]),
    ("tags_missing", {}, [ct(0, modality="OP")], [0], [ct(0, modality="OP", laterality="R")]),
    (
        "tags_missing",
        {},
        [enhanced(frame_positions=[["0", "0", "0"]] * 5)],
        [0],
        [enhanced()],
    ),
    ("tags_inconsistent", {}, [*series(7), ct(7, sex="M")], [7], [*series(7), ct(7, sex=None)]),
    ("tags_inconsistent", {}, [*series(7), ct(7, rows=256)], [7], [mammogram(), mammogram(rows=2000)]),
    (
        "tags_inconsistent",
        {},
        [ct(0, frame_of_reference="2.25.1"), ct(1, frame_of_reference="2.25.2"), ct(2)],
        [1],
        [ct(0, frame_of_reference="2.25.1"), ct(1, frame_of_reference="2.25.1"), ct(2)],
    ),
    ("wrong_modality", {"modalities": ["MR"]}, series(2), [0, 1], [enhanced()]),
    ("wrong_body_part", {"body_parts": ["CHEST"]}, lacking("body_part"), [7], series()),
    ("slice_gap", {}, at(0, 2.5, 5, 8.02), [2, 3], at(0, 2.5, 5, 8)),
    ("slice_gap", {}, at(0, 2.5, 5, 6.98), [2, 3], at(0, 2.5)),
    ("slice_gap", {}, [enhanced(frame_positions=[["0", "0", z] for z in "012359"])], [0], [enhanced()]),
    ("slice_duplicate", {}, [*series(), ct(3)], [3, 8], [*series(), ct(8)]),
    ("slice_duplicate", {}, series(4) + series(4), list(range(8)), series(4) + with_measures()[:4]),
    (
        "orientation_mixed",
        {},
        [*series(7), ct(7, orientation=tilted("1.1"))],
        [7],
        [*series(7), ct(7, orientation=tilted("0.9"))],
    ),
    (
        "spacing_mixed",
        {},
        [*series(7), ct(7, spacing=["0.708", "0.7"])],
        [7],
        [*series(7), ct(7, spacing=["0.707", "0.7"])],
    ),
    ("spacing_mixed", {}, [*series(7), ct(7, thickness="5")], [7], [*series(7), ct(7, thickness=None)]),
    ("too_few_slices", {"least_slices": 9}, series(8), list(range(8)), series(9)),
    ("too_few_slices", {"least_slices": 7}, [enhanced()], [0], [mammogram()]),
    ("low_resolution", {}, [ct(0, columns=63)], [0], [ct(0, columns=64)]),
    ("low_resolution", {"widest_pixel_mm": "0.7"}, [ct(0, spacing=["0.7", "0.71"])], [0], [ct(0)]),
    ("low_resolution", {"thickest_slice_mm": "2.5"}, [ct(0, thickness="2.51")], [0], [ct(0)]),
    ("pixels_constant", {}, with_measures(constant=True), list(range(8)), with_measures(constant=False)),
    ("pixels_clipped", {}, with_measures(clipped_high="0.051"), list(range(8)), with_measures(clipped_high="0.05")),
    ("pixels_clipped", {"clipped_low": "0.1"}, with_measures(), list(range(8)), with_measures(clipped_low="0.1")),
    ("pixels_clipped", {}, [exposed("MONOCHROME2")], [0], [exposed("MONOCHROME1")]),
    ("pixels_truncated", {}, [ct(0), ct(1) | {"refused": "pixels_truncated"}], [1], series(2)),
    ("pixels_truncated", {}, [cine(frames=31)], [0], [cine()]),
    ("pixels_truncated", {}, [cine() | {"frames": 29}], [0], [cine() | {"frames": 30}]),
    ("undecodable", {}, [ct(0), ct(1) | {"refused": "undecodable"}], [1], series(2)),
    ("lossy_above_limit", {}, [cine(lossy_ratio="20.5")], [0], [cine(lossy_ratio="20")]),
    ("lossy_above_limit", {}, [cine(lossy_ratio=None)], [0], [cine(lossy=False, lossy_ratio=None)]),
    ("lossy_above_limit", {"lossy_ratio": "1"}, [cine(lossy_ratio=["1.5", "1"])], [0], [cine(lossy_ratio="1")]),
    ("noisy", {}, with_measures(noise="0.071"), list(range(8)), with_measures(noise="0.07")),
    ("blurred", {}, with_measures(blur="0.71"), list(range(8)), with_measures(blur="0.7")),
    ("blurred", {}, with_measures(blur="0.9")[:2] + series(1), [0, 1], with_measures(blur=None)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "rules", "found", "where", "passes"), CASES)
def test_a_rule_finds_what_it_is_for_and_lets_the_border_pass(
    code: str, rules: Json, found: list[Json], where: list[int], passes: list[Json]
) -> None:
    asked = Rules.from_json(rules)
    told = [one for one in judge(found, asked) if one.code == code]
    assert [one.where for one in told] == [where]
    assert told[0].sentence.endswith(".")
    assert told[0].measured
    assert code not in [one.code for one in judge(passes, asked)]


def test_every_rule_that_is_promised_exists_once_and_has_its_cases() -> None:
    assert [one.code for one in RULES] == list(dict.fromkeys(one.code for one in RULES))
    assert {one.code for one in RULES} == PLAIN
    assert {case[0] for case in CASES} == PLAIN


@pytest.mark.parametrize(
    "clean",
    [
        *(series(), [mammogram()], [cine()], [enhanced()], [ct(0)], []),
        [{"facts": {"modality": "NM"}, "measures": None, "frames": None}],
    ],
)
def test_what_is_clean_passes_every_rule(clean: list[Json]) -> None:
    assert judge(clean) == []


OFF = {
    **{"tags_present": False, "tags_agree": False, "gap_tolerance": None, "duplicates": False},
    **{"orientation_degrees": None, "spacing_tolerance": None, "least_edge": None, "constant_pixels": False},
    **{"clipped_high": None, "whole_pixels": False, "lossy_ratio": None, "noise": None, "blur": None},
}


@pytest.mark.parametrize("case", [case for case in CASES if not case[1]], ids=lambda case: case[0])
def test_a_rule_that_is_off_finds_nothing(case: Any) -> None:
    assert judge(case[2], Rules.from_json(OFF)) == []


def test_a_localiser_in_a_series_is_told_as_such_and_leaves_the_stack_even() -> None:
    scout = ct(0, orientation=SIDEWAYS, rows=888, spacing=["0.545", "0.597"], thickness="600")
    found = {one.code: one for one in judge([scout, *series()])}
    assert set(found) == {"orientation_mixed", "spacing_mixed", "tags_inconsistent"}
    assert all(one.where == [0] for one in found.values())
    assert found["orientation_mixed"].measured == {"tilted": 1, "slices": 9, "largest_degrees": "90"}
    assert "localiser" in found["orientation_mixed"].sentence


def test_a_gap_tells_how_many_slices_are_missing() -> None:
    (found,) = judge([one for place, one in enumerate(series(12)) if place not in (4, 7, 8)])
    assert found.measured == {
        **{"gaps": 2, "usual_mm": "2.5", "smallest_mm": "2.5", "largest_mm": "7.5", "slices_missing": 3},
    }


def test_a_tilted_gantry_and_falling_positions_are_no_fault() -> None:
    leaning = [ct(0, position=["0", str(0.3 * n), str(-1.25 * n)]) for n in range(9)]
    assert judge([one | {"measures": measured(mean=str(n))} for n, one in enumerate(leaning)]) == []


def test_oblique_slices_lie_straight_to_themselves() -> None:
    oblique = ["0.507", "0.862", "0.003", "0.2589", "-0.1556", "-0.9533"]
    assert judge([ct(0, orientation=oblique)]) == []


def test_garbage_in_the_facts_is_missing_and_never_an_error() -> None:
    for bad in (
        "x",
        ["1", "2"],
        ["nan", "0", "0"],
        {},
        True,
        [None, None, None],
        ["1e300", "0", "0"],
        [10**400, 0, 0],
    ):
        assert {one.code for one in judge([ct(0, position=bad), ct(1)])} == {"tags_missing"}
    assert judge([ct(0, frame_positions=True)]) == []
    assert {one.code for one in judge([ct(0, orientation=["0"] * 6, rows="many", spacing="wide")])} == {
        "tags_missing"
    }
