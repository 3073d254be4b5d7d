"""Every DICOM file of pydicom and pydicom-data goes in with its pixels as they are, or is refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.pixels import pixel_array
from pydicom.pixels.processing import apply_color_lut

from imaging.refusals import Refused
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe
from tests.imaging.shipped import shipped

RECIPE = Recipe(b"the key of this test, 32 bytes ..")

# All that is refused, and why; docs/images.md has the same list.
REFUSED = {
    "bad_pixels": {"badVR.dcm", "nested_priv_SQ.dcm"},
    "corrupt": {"meta_missing_tsyntax.dcm"},
    "mislabelled": {"JPEG2000-embedded-sequence-delimiter.dcm"},
    "no_pixels": {
        "UN_sequence.dcm", "empty_charset_LEI.dcm", "no_meta_group_length.dcm", "priv_SQ.dcm", "reportsi.dcm",
        "reportsi_with_empty_number_tags.dcm", "rtplan.dcm", "test-SR.dcm",
    },
    "not_dicom": {
        "ExplVR_BigEndNoMeta.dcm", "ExplVR_LitEndNoMeta.dcm", "OT-PAL-8-face.dcm", "README.txt", "crayons.icc",
        "dicomdirtests/README.txt", "dicomdirtests/TINY_ALPHA/README", "no_meta.dcm", "rtplan.dump",
        "rtstruct.dcm", "rtstruct.dump", "test1.json", "test_PN.json", "zipMR.gz",
    },
    "not_yet_ecg": {"waveform_ecg.dcm"},
    "pixels_truncated": {"MR_truncated.dcm"},
    "truncated": {"rtplan_truncated.dcm"},
    "undecodable": {"JPEG-lossy.dcm", "JPGExtended.dcm"},
}  # fmt: skip
# Media directories and images that are directory records alone hold no pixels either.
REFUSED["no_pixels"] |= {
    name for name in shipped() if name.startswith(("dicomdirtests/DICOMDIR", "dicomdirtests/TINY_ALPHA/"))
} - REFUSED["not_dicom"]
WHY = {name: code for code, names in REFUSED.items() for name in names}


# Deflated, or with an encapsulated element that is not written as the rest is: pydicom's shorter way reads neither.
BY_DATASET = {"image_dfl.dcm", "SC_rgb_jpeg.dcm"}


def pixels_of(path: Path) -> Any:
    """What pydicom makes of a file, with its palette; RGB of 8 bits then."""
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array if path.name in BY_DATASET else pixel_array(path)
    if dataset.get("PhotometricInterpretation") != "PALETTE COLOR":
        return pixels
    coloured = apply_color_lut(pixels, dataset)[..., :3]
    return (coloured >> 8 if coloured.dtype.itemsize > 1 else coloured).astype(np.uint8)


@pytest.mark.filterwarnings("ignore:::pydicom", "ignore::UserWarning")
@pytest.mark.parametrize("name", sorted(set(shipped()) - set(WHY)))
def test_the_stored_pixels_are_those_that_pydicom_reads(name: str, tmp_path: Path) -> None:
    target = tmp_path / "stored.dcm"
    told = prepare(shipped()[name], target, RECIPE)

    wanted, stored = pixels_of(shipped()[name]), pixel_array(target)
    assert stored.shape == wanted.shape
    assert np.array_equal(stored, wanted)
    assert stored.dtype == wanted.dtype.newbyteorder("=")
    assert len(told["frames"]) == int(pydicom.dcmread(target).get("NumberOfFrames", 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stored.dcm", "stored.png"]


@pytest.mark.parametrize("name", sorted(WHY))
def test_a_file_that_is_refused_says_why_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        prepare(shipped()[name], tmp_path / "stored.dcm", RECIPE)

    assert refused.value.code == WHY[name]
    assert not list(tmp_path.iterdir())


def test_every_refused_file_is_one_that_ships() -> None:
    assert set(WHY) <= set(shipped())
