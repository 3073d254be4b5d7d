"""NIfTI read by nibabel and SimpleITK: the same voxels at the same places."""

import gzip
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import HealthCheck, given, settings

from imaging.out.frames import Stack
from imaging.out.nifti import volume
from imaging.out.places import NotPlaced
from tests.imaging.out.drawn import masks
from tests.imaging.out.scans import drawing, film, flat, multi_frame, oblique_ct, stack
from tests.imaging.out.written import nifti_file, pictures, place_of, voxels

CT = stack(*oblique_ct(4, 14, 18))
MR = stack(multi_frame(4, 14, 18))
TO_RAS = np.array([-1, -1, 1])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mark=masks(slices=4))
@pytest.mark.parametrize("on", [CT, MR], ids=["files", "frames"])
def test_nibabel_finds_every_voxel_where_it_lies(on: Stack, mark: dict[str, Any], tmp_path: Path) -> None:
    drawn = drawing(mark)
    read: Any = nibabel.load(nifti_file(tmp_path / "m.nii.gz", pictures(drawn, on), on))  # type: ignore[attr-defined]
    found = np.argwhere(np.asarray(read.dataobj))
    assert {(k, j, i) for i, j, k in found.tolist()} == voxels(drawn, on)
    for i, j, k in found.tolist():
        here = read.affine @ [i, j, k, 1]
        np.testing.assert_allclose(here[:3], place_of(on, (k, j, i)) * TO_RAS, atol=1e-4)


def test_simpleitk_puts_the_first_voxel_where_dicom_has_it(tmp_path: Path) -> None:
    mark = {"kind": "mask", "on": {}, "rows": 14, "columns": 18, "slices": [{"slice": 2, "runs": [25, 3]}]}
    image: Any = sitk.ReadImage(str(nifti_file(tmp_path / "m.nii.gz", pictures(drawing(mark), CT), CT)))
    found = np.argwhere(sitk.GetArrayFromImage(image)).tolist()
    assert found == [[2, 1, 7], [2, 1, 8], [2, 1, 9]]
    place = image.TransformIndexToPhysicalPoint([7, 1, 2])
    np.testing.assert_allclose(place, place_of(CT, (2, 1, 7)), atol=1e-4)


def test_slices_are_in_the_order_of_their_places_whatever_their_numbers() -> None:
    assert [frame.header.InstanceNumber for frame in CT.frames] == [4, 3, 2, 1]
    same = stack(*reversed(oblique_ct(4, 14, 18, upwards=True)))
    assert [frame.header.InstanceNumber for frame in same.frames] == [1, 2, 3, 4]


def test_counts_of_readers_are_read_as_shares(tmp_path: Path) -> None:
    counts = {1: np.full((14, 18), 2, dtype=np.uint8)}
    read: Any = nibabel.load(nifti_file(tmp_path / "m.nii.gz", counts, CT, readers=3))  # type: ignore[attr-defined]
    assert np.unique(read.dataobj.get_unscaled()).tolist() == [0, 2]
    assert read.get_fdata().max() == pytest.approx(2 / 3, abs=1e-7)


def test_the_file_names_no_time() -> None:
    written = b"".join(volume(CT, {}))
    assert written[4:8] == bytes(4)
    assert len(gzip.decompress(written)) == 352 + 4 * 14 * 18


def test_films_and_pictures_have_volumes_without_a_place(tmp_path: Path) -> None:
    for on in (stack(film(4, 14, 18)), stack(flat(14, 18))):
        read: Any = nibabel.load(nifti_file(tmp_path / "m.nii.gz", {}, on))  # type: ignore[attr-defined]
        assert read.shape == (18, 14, len(on.frames))
        assert read.header["sform_code"] == read.header["qform_code"] == 0


def test_a_series_with_a_gap_is_no_volume(tmp_path: Path) -> None:
    with pytest.raises(NotPlaced, match="one step"):
        nifti_file(tmp_path / "m.nii.gz", {}, stack(*[one for i, one in enumerate(oblique_ct()) if i != 1]))
