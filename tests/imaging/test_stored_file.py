"""What is written for an image: the same pixels, each frame one read away, a header that leaves nothing to guess."""

from pathlib import Path
from typing import Any

import jpeg_ls
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydicom.dataset import FileDataset
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from imaging.frames import storing
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Prepared, Recipe
from tests.imaging.made import CT, KEY, MR, header, image, item, ramp, with_pixels, written
from tests.imaging.shipped import one

OPTIONS = Recipe(KEY)


def stored(dataset: FileDataset, folder: Path) -> tuple[Prepared, FileDataset, Any]:
    """What was told, the stored header, and the stored pixels."""
    target = folder / "stored.dcm"
    told = prepare(written(dataset, folder / "sent.dcm"), target, OPTIONS)
    return told, pydicom.dcmread(target), pixel_array(target)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32]),
        st.tuples(st.integers(1, 2), st.integers(1, 9), st.sampled_from([1, 2, 4, 8, 9])),
    )
)
def test_integers_of_any_size_and_sign_come_back(tmp_path: Path, pixels: Any) -> None:
    told, _, back = stored(image(pixels), tmp_path)

    assert np.array_equal(back.reshape(pixels.shape), pixels)
    assert back.dtype == pixels.dtype
    assert len(told["frames"]) == len(pixels)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_real_numbers_come_back(tmp_path: Path, kind: Any) -> None:
    pixels = np.linspace(-1, 1, 60, dtype=kind).reshape(6, 10)

    _, dataset, back = stored(image(pixels), tmp_path)

    assert np.array_equal(back, pixels)
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


@pytest.mark.parametrize("bits", range(2, 17))
def test_signed_values_of_few_bits_keep_their_sign(tmp_path: Path, bits: int) -> None:
    pixels = np.linspace(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 256).astype(np.int16).reshape(16, 16)
    sent = with_pixels(header(), pixels, BitsStored=bits, HighBit=bits - 1)

    _, dataset, back = stored(sent, tmp_path)

    assert np.array_equal(back, pixels)
    assert dataset.BitsStored == 16


def test_each_frame_is_one_read_away(tmp_path: Path) -> None:
    pixels = np.stack([ramp() + n for n in range(5)]).astype(np.uint16)

    told, dataset, _ = stored(image(pixels), tmp_path)

    data = (tmp_path / "stored.dcm").read_bytes()
    assert dataset.file_meta.TransferSyntaxUID == JPEGLSLossless
    for frame, (at, length) in zip(pixels, told["frames"], strict=True):
        assert np.array_equal(jpeg_ls.decode(np.frombuffer(data[at : at + length], np.uint8)), frame)


def test_a_frame_that_is_not_compressed_is_one_read_away(tmp_path: Path) -> None:
    pixels = np.arange(3 * 4 * 5, dtype=np.uint32).reshape(3, 4, 5)

    told, _, _ = stored(image(pixels), tmp_path)

    data = (tmp_path / "stored.dcm").read_bytes()
    assert [data[at : at + length] for at, length in told["frames"]] == [frame.tobytes() for frame in pixels]


@pytest.mark.parametrize("edge", [4, 5, 7, 8])
def test_single_bits_run_on_from_frame_to_frame(tmp_path: Path, edge: int) -> None:
    pixels = np.random.default_rng(edge).integers(0, 2, (3, edge, edge), np.uint8)
    sent = image(pixels)
    sent.BitsAllocated = sent.BitsStored = 1
    sent.HighBit = 0
    packed = np.packbits(pixels.ravel(), bitorder="little").tobytes()
    sent.PixelData = packed + b"\0" * (len(packed) % 2)

    told, _, back = stored(sent, tmp_path)

    data = (tmp_path / "stored.dcm").read_bytes()
    assert np.array_equal(back, pixels)
    for n, (at, length) in enumerate(told["frames"]):
        bits = np.unpackbits(np.frombuffer(data[at : at + length], np.uint8), bitorder="little")
        first = n * edge * edge % 8
        assert np.array_equal(bits[first : first + edge * edge], pixels[n].ravel())


@pytest.mark.parametrize("edge", [1, 64])
def test_noise_comes_back(tmp_path: Path, edge: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 1 << 16, (edge, edge), np.uint16)

    _, _, back = stored(image(pixels), tmp_path)

    assert np.array_equal(back, pixels)


def test_a_picture_too_small_to_compress_is_stored_as_it_is(tmp_path: Path) -> None:
    pixels = np.array([[[1, 2, 3], [250, 0, 9]]], np.uint8)

    _, dataset, back = stored(image(pixels), tmp_path)

    assert np.array_equal(back, pixels)
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_offsets_that_need_more_than_32_bits_have_the_long_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "LONGEST_OFFSET", 100)
    pixels = np.stack([ramp() + n for n in range(5)]).astype(np.uint16)

    told, dataset, back = stored(image(pixels), tmp_path)

    data = (tmp_path / "stored.dcm").read_bytes()
    assert "ExtendedOffsetTable" in dataset
    assert np.array_equal(back, pixels)
    at, length = told["frames"][-1]
    assert np.array_equal(jpeg_ls.decode(np.frombuffer(data[at : at + length], np.uint8)), pixels[-1])


def test_a_header_that_promises_too_few_bits_loses_none(tmp_path: Path) -> None:
    sent = pydicom.dcmread(one("MR_small_jpeg_ls_lossless.dcm"))
    wanted = sent.pixel_array
    sent.BitsStored, sent.HighBit, sent.PixelRepresentation = 4, 3, 0

    told, dataset, back = stored(sent, tmp_path)

    assert np.array_equal(back, wanted.view(np.uint16))
    assert dataset.BitsStored == 16
    assert told["facts"]["bits_stored"] == 4


@pytest.mark.parametrize("wrong", [[0, 0], [-1, 1], [0.5, 0]])
def test_a_spacing_that_is_none_is_taken_out(tmp_path: Path, wrong: list[float]) -> None:
    told, dataset, _ = stored(image(PixelSpacing=wrong, SpacingBetweenSlices=0), tmp_path)

    assert "PixelSpacing" not in dataset
    assert "SpacingBetweenSlices" not in dataset
    assert told["facts"]["spacing"] is None


def test_a_spacing_in_functional_groups_is_taken_out_too(tmp_path: Path) -> None:
    group = item(PixelMeasuresSequence=[item(PixelSpacing=[0, 0], SliceThickness=3)])

    _, dataset, _ = stored(image(SharedFunctionalGroupsSequence=[group]), tmp_path)

    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert "PixelSpacing" not in measures
    assert measures.SliceThickness == 3


def test_a_ct_says_its_rescale_and_its_window(tmp_path: Path) -> None:
    told, dataset, _ = stored(image(sop_class=CT, modality="CT"), tmp_path)

    assert (dataset.RescaleSlope, dataset.RescaleIntercept) == (1, 0)
    assert told["facts"]["slope"] is None
    assert (
        [str(dataset.WindowCenter), str(dataset.WindowWidth)] == told["facts"]["window"] == ["159.5", "313"]
    )


def test_an_mr_gets_no_rescale_and_keeps_its_window(tmp_path: Path) -> None:
    told, dataset, _ = stored(
        image(sop_class=MR, modality="MR", WindowCenter=[40, 50], WindowWidth=[400, 350]), tmp_path
    )

    assert "RescaleSlope" not in dataset
    assert told["facts"]["window"] == ["40", "400"]
    assert list(dataset.WindowCenter) == [40, 50]


def test_colours_have_no_window_and_lie_by_pixel(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 9, (8, 9, 3), np.uint8)
    sent = image(pixels)
    sent.PlanarConfiguration, sent.PixelData = 1, pixels.transpose(2, 0, 1).tobytes()

    told, dataset, back = stored(sent, tmp_path)

    assert np.array_equal(back, pixels)
    assert dataset.PlanarConfiguration == 0
    assert told["facts"]["window"] is None


def test_what_was_lossy_says_so_for_ever(tmp_path: Path) -> None:
    target = tmp_path / "stored.dcm"
    prepare(one("SC_rgb_jpeg_dcmtk.dcm"), target, OPTIONS)

    assert pydicom.dcmread(target).LossyImageCompression == "01"


def test_the_same_file_is_stored_as_the_same_bytes(tmp_path: Path) -> None:
    digests = {prepare(one("CT_small.dcm"), tmp_path / f"{n}.dcm", OPTIONS)["digest"] for n in range(2)}

    assert len(digests) == 1


def test_an_image_without_a_study_is_a_study_of_its_own(tmp_path: Path) -> None:
    told, dataset, _ = stored(image(StudyInstanceUID=None, SeriesInstanceUID=None), tmp_path)

    assert told["study"] == dataset.StudyInstanceUID != told["series"] == dataset.SeriesInstanceUID
    assert told["study"].startswith("2.25.")


def test_a_synthetic_image_says_so_in_its_file(tmp_path: Path) -> None:
    told, dataset, _ = stored(image(SeriesDescription="SYNTHETIC PHANTOM of nobody"), tmp_path)

    assert told["facts"]["synthetic"] is True
    assert dataset.SeriesDescription == "SYNTHETIC"
