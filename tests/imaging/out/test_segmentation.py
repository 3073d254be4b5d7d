"""SEG read by SimpleITK: the same voxels at the same places in the patient."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from hypothesis import HealthCheck, given, settings

from imaging.out.frames import Stack
from imaging.out.labels import Drawing
from imaging.out.places import NotPlaced
from imaging.out.segmentation import fractional
from tests.imaging.out.drawn import masks, outlines
from tests.imaging.out.scans import drawing, film, flat, multi_frame, oblique_ct, origin, stack
from tests.imaging.out.validating import complaints, faults, with_dciodvfy
from tests.imaging.out.written import SOFTWARE, pictures, pixels, place_of, seg_file, voxels

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CT = stack(*oblique_ct(4, 16, 18))
MR = stack(multi_frame(4, 16, 18))
ODD = stack(*oblique_ct(4, 15, 17))  # SimpleITK 2.5 makes up the last pixels where they don't fill a byte
HOLED = {
    "kind": "polygon",
    "on": {"slices": [1, 2]},
    "points": [[1000, 1000], [15_000, 2000], [13_000, 12_000], [2500, 9000]],
    "holes": [[[5000, 4000], [9000, 4000], [9000, 7000], [5000, 7000]]],
}


def places_in(path: Path) -> set[tuple[float, ...]]:
    """Where SimpleITK says that the marked voxels lie."""
    image: Any = sitk.ReadImage(str(path))
    found = np.argwhere(sitk.GetArrayFromImage(image))
    return {rounded(image.TransformIndexToPhysicalPoint([int(one) for one in at[::-1]])) for at in found}


def rounded(place: Any) -> tuple[float, ...]:
    return tuple(round(float(one), 3) + 0.0 for one in place)


def check(path: Path, drawn: Drawing, on: Stack) -> None:
    told = {rounded(place_of(on, voxel)) for voxel in voxels(drawn, on)}
    assert places_in(seg_file(path, drawn, on)) == told


@SLOW
@given(mark=masks(slices=4, rows=16))
@pytest.mark.parametrize("on", [CT, MR], ids=["files", "frames"])
def test_a_mask_comes_back_voxel_for_voxel(on: Stack, mark: dict[str, Any], tmp_path: Path) -> None:
    numbers = [one["slice"] for one in mark["slices"]]
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        mark["slices"] = mark["slices"][
            :1
        ]  # SimpleITK takes a stack's slices to lie one step from each other
    check(tmp_path / "seg.dcm", drawing(mark), on)


@SLOW
@given(ring=outlines())
def test_an_outline_comes_back_as_the_pixels_whose_centre_it_holds(
    ring: list[list[int]], tmp_path: Path
) -> None:
    drawn = drawing({"kind": "polygon", "on": {"slices": [0, 1]}, "points": ring})
    if pixels(drawn, CT):
        check(tmp_path / "seg.dcm", drawn, CT)


def test_frames_without_a_mark_lie_where_they_lie_in_pydicom_too(tmp_path: Path) -> None:
    mark = {"kind": "mask", "on": {}, "rows": 15, "columns": 17, "slices": [{"slice": 0, "runs": [3, 4]}]}
    mark["slices"] += [{"slice": 3, "runs": [40, 1]}]
    read = pydicom.dcmread(seg_file(tmp_path / "seg.dcm", drawing(mark), ODD))
    found = {}
    for picture, group in zip(read.pixel_array, read.PerFrameFunctionalGroupsSequence, strict=True):
        place = rounded(group.PlanePositionSequence[0].ImagePositionPatient)
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        found[place, str(source)] = np.flatnonzero(picture).tolist()
    first, last = ODD.frames[0], ODD.frames[3]
    assert found == {
        (rounded(first.position), first.sop): [3, 4, 5, 6],
        (rounded(last.position), last.sop): [40],
    }


def test_shares_are_counts_of_readers_over_all_of_them(tmp_path: Path) -> None:
    drawn = drawing(HOLED)
    counts = {index: 2 * picture for index, picture in pictures(drawn, CT).items()}
    counts[1][0, 0] = 3
    path = tmp_path / "share.dcm"
    path.write_bytes(fractional(drawn, CT, counts, 3, origin(), 1, SOFTWARE)[0])
    read = pydicom.dcmread(path)
    assert (read.SegmentationType, read.SegmentationFractionalType) == ("FRACTIONAL", "PROBABILITY")
    assert read.MaximumFractionalValue == 3
    image: Any = sitk.ReadImage(str(path))
    assert sorted(np.unique(sitk.GetArrayFromImage(image)).tolist()) == [0, 2, 3]
    assert not faults(path)


@pytest.mark.parametrize("on", [CT, MR], ids=["files", "frames"])
def test_it_is_valid(on: Stack, tmp_path: Path) -> None:
    assert not faults(seg_file(tmp_path / "seg.dcm", drawing(HOLED), on))


@with_dciodvfy
@pytest.mark.parametrize("on", [CT, MR, stack(flat(16, 18))], ids=["files", "frames", "picture"])
def test_dciodvfy_finds_no_error(on: Stack, tmp_path: Path) -> None:
    mark = HOLED if len(on.frames) > 1 else HOLED | {"on": {}}
    assert not complaints(seg_file(tmp_path / "seg.dcm", drawing(mark), on))


def test_a_picture_without_a_place_has_a_segmentation_and_frames_of_a_film_together_none(
    tmp_path: Path,
) -> None:
    mark = HOLED | {"on": {}}
    read = pydicom.dcmread(seg_file(tmp_path / "seg.dcm", drawing(mark), stack(flat(16, 18))))
    assert read.pixel_array.sum() == len(voxels(drawing(mark), stack(flat(16, 18))))
    with pytest.raises(NotPlaced, match="place in the patient"):
        seg_file(tmp_path / "seg.dcm", drawing(HOLED), stack(film(4, 16, 18)))


def test_one_frame_of_a_film_has_a_segmentation_that_names_it(tmp_path: Path) -> None:
    on = stack(film(4, 16, 18))
    drawn = drawing(HOLED | {"on": {"frame": 3}})
    read = pydicom.dcmread(seg_file(tmp_path / "seg.dcm", drawn, on))
    assert read.pixel_array.sum() == len(voxels(drawn, on))
    (group,) = read.PerFrameFunctionalGroupsSequence
    (source,) = group.DerivationImageSequence[0].SourceImageSequence
    assert (source.ReferencedSOPInstanceUID, source.ReferencedFrameNumber) == (on.frames[2].sop, 3)
    assert on.frames[2].header.NumberOfFrames == 4
    assert not faults(tmp_path / "seg.dcm")


def test_an_outline_between_the_centres_has_no_segmentation(tmp_path: Path) -> None:
    small = {"kind": "polygon", "on": {"slices": [0, 0]}, "points": [[600, 600], [900, 600], [700, 900]]}
    with pytest.raises(NotPlaced, match="so small"):
        seg_file(tmp_path / "seg.dcm", drawing(small), CT)
