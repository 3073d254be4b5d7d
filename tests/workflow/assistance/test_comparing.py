"""Whatever a reader makes of a model's marks, each mark of either is accounted for once, and rightly."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.modelled import box, said
from workflow.assistance.comparing import ADDED, CHANGED, DROPPED, KEPT, compared
from workflow.assistance.marks import edit_between
from workflow.protocol.comparators import BoxIou
from workflow.protocol.drawn import Distance
from workflow.protocol.fieldrules import FindingRule

RULES = {"nodule": FindingRule(stated=BoxIou())}
Labels = dict[str, Any]


def of_kind(kind: str, **geometry: Any) -> dict[str, Any]:
    return {"kind": kind, "on": {}, **geometry}


def finding(name: str, x: int, y: int, size: str) -> dict[str, Any]:
    mark = of_kind("box", min=[x, y], max=[x + 10_000, y + 10_000])
    return {"id": name, "type": "nodule", "mark": mark, "fields": {"size": size}}


FOUND = st.tuples(
    st.sampled_from([f"f{n}" for n in range(6)]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.sampled_from(["small", "large"]),
)
FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, True, "x"]))


def reads() -> st.SearchStrategy[Labels]:
    """Labels with a few boxes at different places, under ids that both sides may use."""
    found = st.lists(FOUND, unique_by=(lambda one: one[0], lambda one: one[1:3]), max_size=5)
    return st.builds(
        lambda fields, some: {
            "fields": fields,
            "findings": [finding(name, x * 1000, y * 1000, size) for name, x, y, size in some],
        },
        FIELDS,
        found,
    )


@given(reads(), reads())
def test_each_mark_of_either_is_accounted_for_once(model: Labels, read: Labels) -> None:
    found = compared(model, read, RULES)
    for side, labels in (("model", model), ("read", read)):
        named = [mark[side] for mark in found["marks"] if side in mark]
        assert sorted(named) == sorted(one["id"] for one in labels["findings"])
    outcomes = [mark["outcome"] for mark in found["marks"]]
    assert found["counts"] == {one: outcomes.count(one) for one in (KEPT, CHANGED, DROPPED, ADDED)}
    assert {one["key"] for one in found["fields"]} == set(model["fields"])


@given(reads(), st.permutations([f"g{n}" for n in range(8)]))
def test_what_is_sent_as_it_was_is_kept_also_under_other_ids_and_in_another_order(
    model: Labels, names: list[str]
) -> None:
    read = deepcopy(model)
    assert compared(model, read, RULES)["counts"][KEPT] == len(model["findings"])
    for one, name in zip(read["findings"], names, strict=False):
        one["id"] = name
    read["findings"].reverse()
    found = compared(model, read, RULES)
    assert found["counts"] == {KEPT: len(model["findings"]), CHANGED: 0, DROPPED: 0, ADDED: 0}
    assert all(mark["edit"]["value"] == "1.0000" for mark in found["marks"])


@given(reads(), reads())
def test_what_one_side_drops_the_other_way_round_is_added(model: Labels, read: Labels) -> None:
    there, back = (compared(a, b, RULES)["counts"] for a, b in ((model, read), (read, model)))
    assert (there[DROPPED], there[KEPT] + there[CHANGED]) == (back[ADDED], back[KEPT] + back[CHANGED])


@given(reads(), reads())
def test_a_mark_is_called_kept_only_if_nothing_of_it_changed(model: Labels, read: Labels) -> None:
    ours = {one["id"]: one for one in model["findings"]}
    theirs = {one["id"]: one for one in read["findings"]}
    for mark in compared(model, read, RULES)["marks"]:
        if mark["outcome"] in (KEPT, CHANGED):
            one, other = ours[mark["model"]], theirs[mark["read"]]
            same = one["mark"] == other["mark"] and one["fields"] == other["fields"]
            assert (mark["outcome"] == KEPT) == same


def test_a_mark_that_kept_its_id_is_the_same_mark_wherever_it_went() -> None:
    found = compared(said(box("f1"), box("f2", 50)), said(box("f1", 50), box("other")), RULES)
    assert [(m.get("model"), m.get("read"), m["outcome"]) for m in found["marks"]] == [
        ("f1", "f1", CHANGED), ("f2", None, DROPPED), (None, "other", ADDED),
    ]  # fmt: skip


def test_marks_are_matched_as_the_protocol_matches_findings() -> None:
    moved = compared(said(box("a")), said(box("b", 4)), {"nodule": FindingRule(stated=BoxIou())})
    assert moved["marks"][0]["by"] == "place"
    strict = {"nodule": FindingRule(stated=BoxIou(match_at=BoxIou().at_least, at_least=BoxIou().at_least))}
    assert compared(said(box("a")), said(box("b", 4)), strict)["counts"][DROPPED] == 1


POINT, NEAR = of_kind("point", at=[0, 0]), of_kind("point", at=[3000, 4000])
LINE, OTHER_WAY = (
    of_kind("length", **{"from": [0, 0], "to": [9000, 0]}),
    of_kind("length", **{"from": [9000, 5000], "to": [0, 0]}),
)
MASK = {"rows": 4, "columns": 4}
EDITS = [
    (POINT, NEAR, "distance_px", "5.000"),
    (LINE, OTHER_WAY, "distance_px", "5.000"),
    (of_kind("span", frames=[1, 10]), of_kind("span", frames=[6, 15]), "iou", "0.3333"),
    (
        of_kind("polygon", points=[[0, 0], [2000, 0], [2000, 2000], [0, 2000]]),
        of_kind("polygon", points=[[0, 0], [1000, 0], [1000, 2000], [0, 2000]]),
        *("iou", "0.5000"),
    ),
    (
        of_kind("ellipse", center=[0, 0], radii=[2000, 1000], angle_mdeg=0),
        of_kind("ellipse", center=[0, 0], radii=[1000, 1000], angle_mdeg=0),
        *("iou", "0.5000"),
    ),
    (
        of_kind("mask", **MASK, slices=[{"slice": 0, "runs": [0, 4]}]),
        of_kind("mask", **MASK, slices=[{"slice": 0, "runs": [2, 2]}]),
        *("iou", "0.5000"),
    ),
    (POINT, {**POINT, "on": {"series": "1.2"}}, "distance_px", None),
]


@pytest.mark.parametrize(("a", "b", "measure", "value"), EDITS, ids=[one[0]["kind"] for one in EDITS])
def test_the_edit_distance_of_each_kind_of_mark(
    a: dict[str, Any], b: dict[str, Any], measure: str, value: str | None
) -> None:
    told = {"measure": measure} | ({"value": value} if value else {})
    assert edit_between(a, b).document() == edit_between(b, a).document() == told
    nothing = Fraction(1 if measure == "iou" else 0)
    assert edit_between(a, deepcopy(a)).value == nothing


def test_points_are_matched_within_the_protocols_distance() -> None:
    def at(name: str, mark: dict[str, Any]) -> Labels:
        return said({"id": name, "type": "tip", "mark": mark, "fields": {}})

    within = BoxIou().at_least * 12
    rules = {"tip": FindingRule(stated=Distance(within, "px", within))}
    assert compared(at("a", POINT), at("b", NEAR), rules)["counts"][CHANGED] == 1
    assert compared(at("a", POINT), at("b", NEAR), {})["counts"][ADDED] == 1
