"""Text burned into pixels: what the header says, and what the detector finds on pydicom's files, in figures."""

import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset
from pydicom.pixels import pixel_array

from imaging.deid.burned_in import CAPTURED, burned_in

ROOTS = (
    Path(pydicom.__file__).parent / "data" / "test_files",
    Path(pytest.importorskip("data_store").__file__).parent / "data",
)
# Looked at by eye: at least one line of four characters.
WITH_TEXT = (
    "GDCMJ2K_TextGBR", "examples_jpeg2k", "examples_palette", "examples_rgb_color", "examples_ybr_color",
    "JPGLosslessP14SV1_1s_1f_8b", "OBXXXX1A", "US1_J2KI", "color3d_jpeg_baseline", "gdcm-US-ALOKA-16", "mlut_18",
    "vlut_04",
)  # fmt: skip
WITHOUT = (
    "693_J2KI", "CT_small", "ExplVR_BigEnd", "J2K_pixelrep_mismatch", "JPEG2000", "MR_small",
    "SC_jpeg_no_color_transform", "SC_jpeg_no_color_transform_2", "SC_rgb_dcmtk_+eb+cr", "SC_rgb_dcmtk_+eb+cy+n1",
    "SC_rgb_jls_lossy_line", "SC_rgb_rle_16bit", "SC_rgb_rle_32bit", "examples_overlay", "liver_1frame", "693_J2KR",
    "JPEG-LL", "MR-SIEMENS-DICOM-WithOverlays", "MR2_J2KI", "RG1_J2KI", "RG1_J2KR", "RG3_J2KI", "bad_sequence",
    "color-pl", "eCT_Supplemental", "emri_small", "explicit_VR-UN",
)  # fmt: skip


@cache
def picture(stem: str) -> NDArray[np.generic]:
    path = next(found for root in ROOTS for found in root.rglob(f"{stem}.dcm"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pixel_array(path, index=0)


def seen(frame: NDArray[np.generic]) -> bool:
    return burned_in(Dataset(), frame)["suspected"]


def test_twelve_of_twelve_pictures_with_text_are_found() -> None:
    assert [stem for stem in WITH_TEXT if not seen(picture(stem))] == []
    assert len(WITH_TEXT) == 12


def test_none_of_twenty_seven_pictures_without_text_is_suspected() -> None:
    assert [stem for stem in WITHOUT if seen(picture(stem))] == []
    assert len(WITHOUT) == 27


@pytest.mark.parametrize(("height", "at_least"), [(9, 16), (16, 16), (36, 16), (60, 14)])
def test_of_seventeen_pictures_written_upon_so_many_are_found(height: int, at_least: int) -> None:
    upon = [stem for stem in WITHOUT if min(picture(stem).shape[:2]) >= 200]
    found = 0
    for stem in upon:
        values = picture(stem).astype(np.float32)
        grey = values.mean(axis=2) if values.ndim == 3 else values
        low, high = np.percentile(grey, (0.1, 99.9))
        high = high if high > low else grey.max()
        image = Image.fromarray(np.clip((grey - low) * 255 / (high - low), 0, 255).astype(np.uint8))
        font = ImageFont.load_default(height)
        ImageDraw.Draw(image).text((8, 12), "MUSTERMANN 1968", fill=255, font=font)
        found += seen(np.asarray(image))
    assert len(upon) == 17
    assert found >= at_least


def test_the_boxes_lie_on_the_text() -> None:
    frame = np.zeros((200, 300), np.uint8)
    image = Image.fromarray(frame)
    ImageDraw.Draw(image).text((100, 50), "MUSTERMANN", fill=255, font=ImageFont.load_default(16))
    found = burned_in(Dataset(), np.asarray(image))
    assert found["boxes"]
    for top, left, bottom, right in found["boxes"]:
        assert 45 <= top < bottom <= 75
        assert 95 <= left < right <= 230


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((8, 8), np.uint8), np.zeros((0, 0), np.uint8), np.full((64, 64), 7, np.int16),
        np.full((64, 64), np.nan, np.float32), np.ones((1, 4000), np.uint16), np.zeros((64, 64, 3), np.uint8),
    ],
)  # fmt: skip
def test_a_picture_without_content_is_no_text(frame: NDArray[np.generic]) -> None:
    assert burned_in(Dataset(), frame) == {"declared": None, "suspected": False, "score": "0", "boxes": []}


def header(modality: str = "CT", **more: str) -> Dataset:
    dataset = Dataset()
    dataset.Modality = modality
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return dataset


BLANK = np.zeros((64, 64), np.uint8)


@pytest.mark.parametrize("modality", sorted(CAPTURED))
def test_what_is_made_by_capture_is_looked_at_unless_it_says_no(modality: str) -> None:
    assert burned_in(header(modality), BLANK)["suspected"]
    assert not burned_in(header(modality, BurnedInAnnotation="NO"), BLANK)["suspected"]


def test_a_secondary_capture_is_known_by_its_class() -> None:
    assert burned_in(header("CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.7"), BLANK)["suspected"]
    assert not burned_in(header("CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.2"), BLANK)["suspected"]


@pytest.mark.parametrize(
    ("more", "declared"),
    [
        ({"BurnedInAnnotation": "YES"}, "YES"), ({"BurnedInAnnotation": "NO"}, "NO"), ({}, None),
        ({"RecognizableVisualFeatures": "YES"}, "YES"), ({"RecognizableVisualFeatures": "NO"}, None),
        ({"BurnedInAnnotation": "NO", "RecognizableVisualFeatures": "YES"}, "YES"),
    ],
)  # fmt: skip
def test_the_header_is_taken_at_its_word(more: dict[str, str], declared: str | None) -> None:
    found = burned_in(header(**more), BLANK)
    assert (found["declared"], found["suspected"]) == (declared, declared == "YES")


def test_a_header_that_says_no_does_not_hide_text() -> None:
    assert burned_in(header("US", BurnedInAnnotation="NO"), picture("US1_J2KI"))["suspected"]
