"""The agreement of a study: the right statistics of each kind of field, with what they rest on."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.measuring.reports import case, field_of, of_labels, scale, terms, values
from workflow.measuring.report import agreement_report
from workflow.measuring.study import Studied

NOMINAL = {"kind": "nominal", "categories": scale("a", "b", "c")}
GRADES = {"kind": "ordinal", "categories": scale(1, 2, 3, 4, 5)}
AB = ("anna", "bob")
VECTORS = Path(__file__).parents[2] / "vectors"


def test_published_reads_give_the_published_coefficients() -> None:
    # Krippendorff 2011, example C: four readers, twelve units, missing reads.
    examples = json.loads((VECTORS / "krippendorff_alpha.json").read_text())["vectors"]
    example = next(one for one in examples if one["id"] == "krippendorff2011_C_missing")
    readers = [f"r{n}" for n in range(4)]
    cases = [case(n, readers, unit) for n, unit in enumerate(example["data"])]
    for kind, level in ((GRADES, "alpha_ordinal"), ({**GRADES, "kind": "nominal"}, "alpha_nominal")):
        expected = example["expected"][level]["value"]
        assert values(field_of(cases, terms(kind)))["krippendorff_alpha"] == pytest.approx(expected, abs=1e-9)


def test_two_readers_who_read_everything_have_a_kappa_of_their_own() -> None:
    # Cohen's kappa by hand: po = 3/4, pe = (2·3 + 2·1)/16 = 1/2.
    cases = [case(n, AB, said) for n, said in enumerate([("a", "a"), ("a", "a"), ("b", "a"), ("b", "b")])]
    found = field_of(cases, terms({**NOMINAL, "categories": scale("a", "b")}))
    assert found["readers_fixed"] is True
    assert values(found)["cohen_kappa"] == pytest.approx(0.5)
    assert values(found)["percent_agreement"] == pytest.approx(0.75)


def test_readers_who_change_from_case_to_case_are_never_named_by_a_statistic() -> None:
    pairs = [AB, ("bob", "cleo"), ("anna", "cleo")]
    found = field_of([case(n, pair, ("a", "b")) for n, pair in enumerate(pairs)], terms(NOMINAL))
    assert found["readers_fixed"] is False
    assert "cohen_kappa" not in values(found)
    assert {"krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"} <= values(found).keys()


def test_a_grade_is_also_looked_at_on_both_sides_of_its_cut_off() -> None:
    rule = {"x": {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"}}
    cases = [case(n, AB, said) for n, said in enumerate([(3, 4), (4, 5), (1, 2), (1, 1)])]
    found = field_of(cases, terms(GRADES, fields=rule))
    # Three and four are one apart, but on two sides of the cut-off: the protocol calls that a dispute.
    assert values(found)["protocol_agreement"] == pytest.approx(0.75)
    [part] = found["parts"]
    assert (part["part"], values(part)["percent_agreement"]) == ("at least 4", pytest.approx(0.75))
    assert values(part)["specific agreement on True"] == pytest.approx(2 / 3)


def test_the_primary_statistic_is_the_one_that_the_protocol_fixed() -> None:
    cases = [case(n, AB, (n % 5 + 1, n % 5 + 1)) for n in range(400)]
    bound = {"x": {"alpha_lower": "0.667"}}
    kept = field_of(cases, terms(GRADES, acceptance=bound))["primary"]
    assert kept == {"statistic": "krippendorff_alpha", "bound": "0.667", "met": True}
    opposite = [case(n, AB, (n % 5 + 1, 5 - n % 5)) for n in range(40)]
    assert field_of(opposite, terms(GRADES, acceptance=bound))["primary"]["met"] is False
    assert field_of(cases, terms(GRADES))["primary"] is None


def test_what_is_undefined_is_null_with_its_reason() -> None:
    found = field_of([case(n, AB, ("a", "a")) for n in range(20)], terms(NOMINAL))
    [alpha] = [one for one in found["statistics"] if one["statistic"] == "krippendorff_alpha"]
    assert alpha["value"] is None
    assert "Every read gives the same value" in alpha["reason"]
    [raw] = [one for one in found["statistics"] if one["statistic"] == "percent_agreement"]
    assert raw["value"] == 1
    assert raw["ci95"][0] < 0.9  # exact, not [1, 1]


def test_not_assessable_and_left_out_are_counted_apart() -> None:
    cases = [case(1, AB, ("a", {"not_assessable": True})), case(2, AB, ("a", None)), case(3, AB, ("b", "b"))]
    found = field_of(cases, terms({**NOMINAL, "not_assessable": True}))
    assert (found["n"], found["missing"], found["not_assessable"]) == (1, 2, 1)


def test_measurements_have_an_icc_and_tell_how_far_two_reads_lie_apart() -> None:
    said = [("10.0", "11.0"), ("20.0", "21.0"), ("30.0", "31.0"), ("40.0", "42.0")]
    length = {"kind": "number", "unit": "mm", "decimals": 1}
    cases = [case(n, AB, one) for n, one in enumerate(said)]
    found = field_of(cases, terms(length, fields={"x": {"comparator": {"number": {"abs": "1.0"}}}}))
    assert values(found)["protocol_agreement"] == pytest.approx(0.75)
    assert values(found)["ICC(2,1)"] > 0.99  # type: ignore[operator]
    assert found["spread"]["bias"] == pytest.approx(-1.25)
    changing = [case(n, pair, ("10.0", "11.0")) for n, pair in enumerate([AB, ("bob", "cleo")])]
    assert "bias" not in field_of(changing, terms(length))["spread"]


def test_several_labels_are_measured_one_by_one() -> None:
    cases = [case(n, AB, said) for n, said in enumerate([(["a"], ["a", "b"]), ([], []), (["b"], ["b"])])]
    found = field_of(cases, terms({**NOMINAL, "kind": "multi", "min": 0, "max": 3}))
    assert values(found)["percent_agreement"] == pytest.approx(2 / 3)
    parts = {part["part"]: values(part)["percent_agreement"] for part in found["parts"]}
    assert parts == {"a": pytest.approx(1), "b": pytest.approx(2 / 3), "c": pytest.approx(1)}


def box(left: int, width: int = 20) -> dict[str, Any]:
    """A square of so many pixels."""
    on = {"series": "1.2.3"}
    return {"kind": "box", "on": on, "min": [left * 1000, 0], "max": [(left + width) * 1000, width * 1000]}


def test_boxes_are_measured_by_their_overlap_also_by_size() -> None:
    cases = [case(n, AB, (box(0, 10 + n), box(0, 10 + n))) for n in range(8)]
    cases.append(case(8, AB, (box(0, 20), box(10, 20))))
    found = field_of(cases, terms({"kind": "box"}))
    assert values(found)["mean_iou"] == pytest.approx((8 + 1 / 3) / 9)
    assert values(found)["protocol_agreement"] == pytest.approx(8 / 9)
    assert [part["part"] for part in found["parts"]] == ["smallest third", "middle third", "largest third"]
    assert sum(part["n"] for part in found["parts"]) == 9


NODULE = {
    "key": "nodule",
    "label": "Nodule",
    "mark": {"kind": "box"},
    "fields": [{"key": "solid", "kind": "boolean", "label": "Solid?"}],
}


def nodule(name: str, left: int, *, solid: bool) -> dict[str, Any]:
    """One finding."""
    return {"id": name, "type": "nodule", "mark": box(left), "fields": {"solid": solid}}


def test_findings_are_joined_and_their_fields_measured_where_readers_share_them() -> None:
    both = [nodule("a", 0, solid=True), nodule("b", 100, solid=True)]
    other = [nodule("x", 1, solid=False)]
    cases = [of_labels(1, AB, [{"findings": both}, {"findings": other}]), of_labels(2, AB, [{}, {}])]
    [found] = agreement_report(Studied(tuple(cases)), terms(None, types=[NODULE]))["findings"]
    # Three marks, one pair: F1 = 2·1 / (2 + 1).
    assert values(found)["f1"] == pytest.approx(2 / 3)
    assert found["held_by"] == [{"reads": 1, "findings": 1}, {"reads": 2, "findings": 1}]
    [solid] = found["fields"]
    assert (solid["path"], solid["n"], values(solid)["percent_agreement"]) == ("nodule.solid", 1, 0)
    assert values(found["place"])["mean_iou"] == pytest.approx(19 / 21)


def test_a_finding_of_a_case_that_one_reader_read_so_far_is_not_told_as_held_by_one() -> None:
    both = [{"findings": [nodule("a", 0, solid=True)]}] * 2
    cases = [of_labels(1, AB, both), of_labels(2, AB[:1], both[:1])]
    [found] = agreement_report(Studied(tuple(cases)), terms(None, types=[NODULE]))["findings"]
    assert (found["findings"], found["marks"]) == (1, 2)
    assert found["held_by"] == [{"reads": 2, "findings": 1}]


def test_a_case_without_a_stratum_is_in_no_subgroup_of_it() -> None:
    cases = [case(1, AB, ("a", "a"), strata={"site": ""}), case(2, AB, ("a", "b"))]
    found = agreement_report(Studied(tuple(cases)), terms(NOMINAL), by="site")["subgroups"]["groups"]
    assert [(one["value"], one["cases"]) for one in found] == [("", 1)]


def test_subgroups_are_told_as_exploratory() -> None:
    cases = [case(n, AB, ("a", "ab"[n % 2]), strata={"site": "ns"[n % 2]}) for n in range(8)]
    told = agreement_report(Studied(tuple(cases)), terms(NOMINAL), by="site")["subgroups"]
    assert "exploratory" in told["exploratory"]
    shares = {group["value"]: values(group["fields"][0])["percent_agreement"] for group in told["groups"]}
    assert shares == {"n": pytest.approx(1), "s": pytest.approx(0)}


reads = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), min_size=2, max_size=12)


@given(reads, st.randoms())
def test_the_order_of_cases_and_readers_changes_no_value(rows: list[tuple[Any, ...]], random: Any) -> None:
    readers = ["anna", "bob", "cleo"]
    cases = [case(n, readers, row) for n, row in enumerate(rows)]
    mixed = random.sample(cases, len(cases))
    order = random.sample(range(3), 3)
    swapped = [
        case(int(one.case[5:]), [readers[n] for n in order], [rows[int(one.case[5:])][n] for n in order])
        for one in mixed
    ]
    assert values(field_of(cases, terms(NOMINAL))) == pytest.approx(
        values(field_of(swapped, terms(NOMINAL))), nan_ok=True
    )


def test_no_patient_is_told() -> None:
    cases = [case(n, AB, ("a", "a"), patient="Mrs Smith") for n in range(3)]
    assert "Smith" not in json.dumps(agreement_report(Studied(tuple(cases)), terms(NOMINAL)))


def mask(*rows: int) -> dict[str, Any]:
    """Five pixels in each of some rows of a 10 × 10 image."""
    runs = [number for row in rows for number in (10 * row, 5)]
    return {
        "kind": "mask", "on": {"series": "1.2.3"}, "rows": 10, "columns": 10,
        "slices": [{"slice": 0, "runs": runs}],
    }  # fmt: skip


def test_masks_are_measured_by_overlap_and_by_the_distance_of_their_borders() -> None:
    cases = [case(n, AB, (mask(1, 2, 3), mask(2, 3, 4))) for n in range(6)]
    rule = {"x": {"comparator": {"mask": {"dice": "0.6", "nsd": "0.9", "tolerance": "1", "unit": "px"}}}}
    found = field_of(cases, terms({"kind": "mask"}, fields=rule))
    assert values(found)["mean_dice"] == pytest.approx(2 / 3)
    assert values(found)["mean_iou"] == pytest.approx(1 / 2)
    assert values(found)["mean_hd95"] == pytest.approx(1)
    assert values(found)["mean_nsd"] == pytest.approx(1)
    assert values(found)["protocol_agreement"] == 1


def test_a_case_with_fewer_planned_reads_than_others_misses_none() -> None:
    cases = [case(1, AB, (1, 1)), case(2, (*AB, "cleo"), (1, 2, None))]
    assert field_of(cases, terms(GRADES))["missing"] == 1
