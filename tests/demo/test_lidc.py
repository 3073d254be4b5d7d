"""The demonstration's cases against the raw data that they are made of."""

import gzip
import json
from collections import Counter
from itertools import combinations

import pytest

from demo.guidelines import label_schema
from demo.lidc import DATA, DemoCase, cases, detection_cases, nodule_cases, spare_cases, split_of
from demo.scales import SCALES
from tests.demo.by_hand import raw_nodules

RAW = raw_nodules()


def _box_iou(a: dict, b: dict) -> float:
    def edges(mark: dict) -> list[tuple[int, int]]:
        first, last = mark["on"]["slices"]
        return [*zip(mark["min"], mark["max"], strict=True), (first, last + 1)]

    common = size_a = size_b = 1
    for (low_a, high_a), (low_b, high_b) in zip(edges(a), edges(b), strict=True):
        common *= max(0, min(high_a, high_b) - max(low_a, low_b))
        size_a *= high_a - low_a
        size_b *= high_b - low_b
    return common / (size_a + size_b - common)


def test_there_are_176_rating_cases_and_60_detection_cases_and_no_case_twice() -> None:
    kinds = Counter(case.strata["question"] for case in cases())
    assert kinds == {"rating": 176, "detection": 60}
    assert len({case.external_ref for case in (*cases(), *spare_cases())}) == 236 + 12


def test_fewer_cases_are_the_beginning_of_all() -> None:
    assert cases(10) == cases()[:10]
    with pytest.raises(ValueError, match="at least one case"):
        cases(0)


def test_detection_cases_are_spread_over_one_two_and_three_marks() -> None:
    said_yes = [[read["fields"]["nodule_present"] for read in case.reads] for case in detection_cases()]
    marks = Counter(map(sum, said_yes))
    assert marks == {1: 22, 2: 17, 3: 21}


def test_detection_cases_come_only_from_scans_whose_four_readers_are_named() -> None:
    named: dict[int, set[str | None]] = {}
    for nodule in RAW.values():
        named.setdefault(nodule["scan"], set()).update(read["reader"] for read in nodule["reads"])
    assert all(named[RAW[case.external_ref]["scan"]] == set("ABCD") for case in detection_cases())


def test_a_mark_in_a_detection_case_stands_in_its_readers_slot() -> None:
    for case in detection_cases():
        said_yes = {slot for slot in (1, 2, 3, 4) if case.read(slot)["fields"]["nodule_present"]}
        assert said_yes == {"ABCD".index(read["reader"]) + 1 for read in RAW[case.external_ref]["reads"]}


def test_boxes_reproduce_the_overlap_published_with_the_data() -> None:
    outlines = json.loads(gzip.decompress((DATA / "contours.json.gz").read_bytes()))["nodules"]
    published = {nodule["nodule"]: nodule["expected"]["mean_pairwise_box_iou"] for nodule in outlines}
    for case in nodule_cases():
        boxes = [read["fields"]["nodule"] for read in case.reads]
        mean = sum(_box_iou(a, b) for a, b in combinations(boxes, 2)) / 6
        assert mean == pytest.approx(published[case.external_ref])


def test_every_rating_in_this_half_of_the_collection_lies_on_its_scale() -> None:
    for nodule in RAW.values():
        for read in nodule["reads"]:
            assert all(value in scale.values for scale, value in zip(SCALES, read["ratings"], strict=True))


def test_reads_hold_the_fields_that_the_schema_asks_for_and_no_other() -> None:
    keys = {field["key"] for field in label_schema()["fields"]}
    for read in (read for case in cases() for read in case.reads):
        present = read["fields"]["nodule_present"]
        assert set(read["fields"]) == (keys if present else {"nodule_present"})


def test_a_patients_cases_share_one_split_of_about_the_stated_sizes() -> None:
    patients = {nodule.split("/")[0] for nodule in RAW}
    sizes = Counter(map(split_of, patients))
    assert [round(sizes[name] / len(patients), 1) for name in ("train", "tune", "test")] == [0.7, 0.1, 0.2]


def test_the_place_asked_about_lies_inside_some_readers_box() -> None:
    def holds(case: DemoCase, box: dict) -> bool:
        middle = case.place["on"]["slices"][0]
        first, last = box["on"]["slices"]
        inside = zip(box["min"], case.place["at"], box["max"], strict=True)
        return first <= middle <= last and all(low < at < high for low, at, high in inside)

    for case in cases():
        assert any(holds(case, read["fields"]["nodule"]) for read in case.reads if len(read["fields"]) > 1)
