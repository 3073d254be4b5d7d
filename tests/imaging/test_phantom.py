"""Phantoms: their pixels lie where the outlines say, they tell what they are, and are the same each time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from imaging.facts import facts_of
from imaging.gate.rules import judge
from imaging.measuring import Measures
from imaging.phantom import DESCRIPTION, Phantom, covered, draw, uid, write
from imaging.phantoms.nodule import Mark, Nodule, middle, region
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe

SQUARE = tuple(
    [(x, 200) for x in range(150, 161)]
    + [(160, y) for y in range(201, 211)]
    + [(x, 210) for x in range(159, 149, -1)]
    + [(150, y) for y in range(209, 200, -1)]
)
INNER = tuple((x, y) for x in (154, 155, 156) for y in (204, 205, 206) if (x, y) != (155, 205))
MARK = Mark(outlines=tuple((place, SQUARE) for place in (40, 41, 42)))


def phantom(**changes: object) -> Phantom:
    plain = Phantom("one", "scan", "P1", 0.7, 2.5, 2.5, 100, Nodule((MARK,) * 4))
    return replace(plain, **changes)


def hounsfield(drawn: Phantom, place: int) -> np.ndarray:
    return dict(draw(drawn))[place].astype(int) - 1024


def test_an_outline_encloses_its_pixels_and_holds_none_of_its_own() -> None:
    found = region(MARK, 41)
    rows, columns = np.nonzero(found)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (201, 209, 151, 159)
    assert found.sum() == 81
    assert region(MARK, 43).sum() == 0


def test_what_an_outline_of_no_nodule_encloses_is_left_out() -> None:
    found = region(replace(MARK, holes=((41, INNER),)), 41)
    assert found[205, 155] == 0
    assert found.sum() == 80


def test_a_box_is_drawn_as_the_ellipsoid_in_it() -> None:
    mark = Mark(box=(100, 200, 10, 121, 221, 15))
    assert mark.slices == (10, 11, 12, 13, 14)
    largest = region(mark, 12)
    assert largest[110, 210] == 1
    assert largest.sum() > region(mark, 10).sum() > 0
    assert largest[100].sum() == largest[:, 200].sum() == 0


def test_the_nodule_lies_where_it_was_outlined_and_lung_around_it() -> None:
    slices = dict(draw(phantom()))
    assert list(slices) == list(range(38, 45))
    for place in (40, 41, 42):
        assert slices[place][203:208, 153:158].mean() - 1024 > -50
    for place in (38, 44):
        assert slices[place][203:208, 153:158].mean() - 1024 < -700
    ring = np.r_[slices[41][196:199, 146:165].ravel(), slices[41][212:215, 146:165].ravel()]
    assert ring.mean() - 1024 < -700


def test_texture_and_calcification_change_its_density_as_rated() -> None:
    def dense(**rated: int) -> float:
        return float(hounsfield(phantom(nodule=Nodule((MARK,) * 4, **rated)), 41)[203:208, 153:158].mean())

    glass, part, solid = dense(texture=1), dense(texture=3), dense(texture=5)
    assert glass < -500
    assert glass < part <= solid + 30
    assert dense(calcification=3) > 300
    assert dense(structure=3) < solid - 80


def test_where_fewer_readers_saw_it_it_is_fainter() -> None:
    one_of_four = Nodule((MARK, *[replace(MARK, outlines=((30, SQUARE),))] * 3))
    few, many = (
        hounsfield(phantom(nodule=one_of_four), place)[203:208, 153:158].mean() for place in (41, 30)
    )
    assert -750 < few < many - 200


def test_the_same_names_give_the_same_bytes_and_others_another_body(tmp_path: Path) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    for folder, drawn in ((first, phantom()), (again, phantom()), (other, phantom(scan="other"))):
        folder.mkdir()
        write(drawn, folder)
    names = sorted(path.name for path in first.iterdir())
    assert names == [f"{place + 1:04d}.dcm" for place in range(38, 45)]
    assert all((first / name).read_bytes() == (again / name).read_bytes() for name in names)
    one, another = (dcmread(folder / "0042.dcm").pixel_array.astype(int) for folder in (first, other))
    assert np.abs(one - another).mean() > 20


def test_a_file_says_thrice_that_it_is_synthetic_and_where_it_lies(tmp_path: Path) -> None:
    (path,) = [path for path in write(phantom(), tmp_path) if path.name == "0042.dcm"]
    dataset = dcmread(path)
    assert dataset.ImageType[0] == "DERIVED"
    assert dataset.ContentQualification == "RESEARCH"
    assert dataset.SeriesDescription == DESCRIPTION
    assert facts_of(dataset)["synthetic"] is True
    assert dataset.InstanceNumber == 42
    assert [float(one) for one in dataset.ImagePositionPatient] == [-178.85, -178.85, 102.5]
    assert dataset.SeriesInstanceUID == uid("series", "one")
    assert len(dataset.SOPInstanceUID) <= 64
    assert not [one for one in dataset.iterall() if one.tag.is_private]


def test_a_phantom_passes_the_gate(tmp_path: Path) -> None:
    told = []
    for path in write(phantom(), tmp_path):
        measures = Measures()
        measures.feed((dataset := dcmread(path)).pixel_array)
        told.append({"facts": facts_of(dataset), "measures": measures.result(), "frames": [[0, 1]]})
    assert judge(told) == []


def test_the_slices_stay_within_the_scan() -> None:
    for first in (0, 97):
        mark = Mark(outlines=tuple((first + place, SQUARE) for place in range(3)))
        drawn = covered(phantom(nodule=Nodule((mark,))))
        assert drawn.start >= 0
        assert drawn.stop <= 100


@settings(max_examples=6, deadline=None)
@given(st.integers(20, 480), st.integers(110, 440), st.integers(0, 99), st.integers(8, 50))
def test_wherever_a_nodule_lies_there_is_lung_around_it(x: int, y: int, place: int, size: int) -> None:
    mark = Mark(box=(y, x, place, y + size, x + size, place + 1))
    picture = hounsfield(phantom(nodule=Nodule((mark,))), place)
    row, column = min(y + size // 2, 511), min(x + size // 2, 511)
    assert picture[row - 1 : row + 2, column - 1 : column + 2].mean() > -300
    around = [(row, x - 4), (y - 4, column), (min(y + size + 3, 511), column)]
    assert min(picture[one] for one in around) < -600


@pytest.mark.parametrize(("ratings", "wanted"), [([5], 5), ([1, 5], 1), ([3, 1, 2], 2), ([4, 4, 1, 5], 4)])
def test_the_middle_of_ratings_is_the_lower_median(ratings: list[int], wanted: int) -> None:
    assert middle(ratings) == wanted


def test_a_phantom_goes_through_intake_and_the_gate_sees_one_frame_of_reference(tmp_path: Path) -> None:
    recipe = Recipe(b"k" * 32)
    paths = write(phantom(), tmp_path)[:3]
    told = [prepare(path, path.with_suffix(".stored"), recipe) for path in paths]
    frames = {one["facts"]["frame_of_reference"] for one in told}
    assert len(frames) == 1
    assert uid("frame", "scan") not in frames
    assert judge(told) == []
    strange = {**told[2], "facts": told[2]["facts"] | {"frame_of_reference": "2.25.7"}}
    (found,) = judge([*told[:2], strange])
    assert (found.code, found.measured, found.where) == (
        *("tags_inconsistent", {"differ": {"frame_of_reference": 2}}, [2]),
    )
