"""Files that lie: each gets one sentence, which repeats nothing of the file, and no memory is made for a promise."""

import tracemalloc
import zlib
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
)

from imaging.limits import Limits
from imaging.reading import read
from imaging.refusals import REFUSALS, Refused
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe
from tests.imaging.made import CT, KEY, MR, image, item, ramp, written
from tests.imaging.shipped import one

SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
RESULT_OF_MEMORY = 40 << 20


def refusal(path: Path, **limits: int) -> str:
    """The code with which a file is refused; its sentence repeats nothing of it, and nothing is left."""
    target = path.parent / "stored.dcm"
    with pytest.raises(Refused) as refused:
        prepare(path, target, Recipe(KEY, limits=Limits(**limits)))
    told = str(refused.value)
    assert told.startswith(REFUSALS[refused.value.code][:-1])
    assert not any(secret in told for secret in ("Doe", "12345", path.name))
    assert [left.name for left in path.parent.iterdir()] == [path.name]
    return refused.value.code


def of_bytes(data: bytes, folder: Path, **limits: int) -> str:
    """The same for bytes."""
    path = folder / "sent"
    path.write_bytes(data)
    return refusal(path, **limits)


def of(dataset: FileDataset, folder: Path, **limits: int) -> str:
    """The same for a dataset."""
    return refusal(written(dataset, folder / "sent"), **limits)


def element(group: int, number: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """One element, explicit and little-endian, whose length may lie."""
    size = len(value) if length is None else length
    long = vr in (b"SQ", b"UN", b"OB", b"OW", b"UT")
    return (
        pack("<HH", group, number) + vr + (b"\0\0" + pack("<L", size) if long else pack("<H", size)) + value
    )


META = element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")
BEGIN = bytes(128) + b"DICM" + META


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 and so on", "not_dicom"),
        (bytes(128), "not_dicom"),
        (bytes(128) + b"DICM", "corrupt"),
        (b"\x30\x80" + bytes.fromhex("06092a864886f70d010703") + bytes(200), "encrypted"),
        (BEGIN, "no_pixels"),
        (BEGIN + element(0x10, 0x10, b"PN", b"Doe^Jane", 60000), "truncated"),
        (BEGIN + element(0x10, 0x10, b"UN", b"Doe^Jane", 0xFFFFFFF0), "truncated"),
        (BEGIN + element(0x40, 0xA730, b"SQ", b"", 0xFFFFFFFF), "truncated"),
        (BEGIN + element(0x40, 0xA730, b"SQ", b"Doe^Jane", 0xFFFFFFFF), "truncated"),
    ],
)  # fmt: skip
def test_what_is_no_image_is_told(data: bytes, code: str, tmp_path: Path) -> None:
    assert of_bytes(data, tmp_path) == code


def test_a_length_of_four_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    data = BEGIN + element(0x10, 0x10, b"OB", b"Doe^Jane", 0xFFFFFFF0)
    tracemalloc.start()
    try:
        assert of_bytes(data, tmp_path) == "truncated"
        assert tracemalloc.get_traced_memory()[1] < RESULT_OF_MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("depth", [40, 400, 4000])
@pytest.mark.parametrize("defined", [True, False])
def test_sequences_that_lie_too_deep_in_each_other_are_refused(
    depth: int, defined: bool, tmp_path: Path
) -> None:
    data = b""
    for _ in range(depth):
        if defined:
            data = element(0x40, 0xA730, b"SQ", b"\xfe\xff\x00\xe0" + pack("<L", len(data)) + data)
        else:
            ends = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
            begins = element(0x40, 0xA730, b"SQ", b"\xfe\xff\x00\xe0\xff\xff\xff\xff", 0xFFFFFFFF)
            data = begins + data + ends
    assert of_bytes(BEGIN + data, tmp_path) == "corrupt"


def test_a_deflated_bomb_is_stopped(tmp_path: Path) -> None:
    deflater = zlib.compressobj(9, wbits=-15)
    bomb = deflater.compress(element(0x10, 0x10, b"UN", bytes(80 << 20))) + deflater.flush()
    meta = element(2, 0x10, b"UI", DeflatedExplicitVRLittleEndian.encode())
    assert of_bytes(bytes(128) + b"DICM" + meta + bomb, tmp_path) == "too_large"
    assert of_bytes(bytes(128) + b"DICM" + meta + bomb[:-9], tmp_path) in ("truncated", "too_large")
    assert of_bytes(bytes(128) + b"DICM" + meta + b"\xff" * 99, tmp_path) == "corrupt"


def test_a_header_without_end_is_stopped(tmp_path: Path) -> None:
    data = BEGIN + element(0x10, 0x10, b"UN", bytes(3 << 20))
    assert of_bytes(data, tmp_path, header_bytes=1 << 20) == "too_large"


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small_jp2klossless.dcm", "rtdose_rle.dcm", "image_dfl.dcm"]
)
def test_a_file_that_is_cut_anywhere_is_refused(name: str, tmp_path: Path) -> None:
    data = one(name).read_bytes()
    header = len(data) - 8 if name == "image_dfl.dcm" else data.rfind(b"\xe0\x7f\x10\x00")
    codes = {"empty", "not_dicom", "corrupt", "truncated", "no_pixels", "missing_uid", "bad_pixels"}
    for size in [*range(0, header, 61), *range(header + 13, len(data) - 160, 997)]:
        assert of_bytes(data[:size], tmp_path) in codes | {"pixels_truncated"}


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    assert of(image(), tmp_path, file_bytes=100) == "too_large"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Rows": 0}, "bad_pixels"),
        ({"Rows": 65535, "Columns": 65535}, "too_large"),
        ({"Rows": 1000}, "pixels_truncated"),
        ({"Rows": 4}, "mislabelled"),
        ({"NumberOfFrames": 0x7FFFFFFF}, "too_many"),
        ({"NumberOfFrames": -1}, "bad_pixels"),
        ({"NumberOfFrames": 2}, "pixels_truncated"),
        ({"BitsAllocated": 24}, "bad_pixels"),
        ({"BitsAllocated": 0}, "bad_pixels"),
        ({"BitsStored": 17}, "bad_pixels"),
        ({"BitsStored": 0}, "bad_pixels"),
        ({"PixelRepresentation": 7}, "bad_pixels"),
        ({"SamplesPerPixel": 4}, "bad_pixels"),
        ({"SamplesPerPixel": 3}, "bad_pixels"),
        ({"PhotometricInterpretation": "CMYK"}, "bad_pixels"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "bad_pixels"),
    ],
)  # fmt: skip
def test_pixels_that_can_not_be_as_the_header_says_are_refused(
    changes: dict[str, Any], code: str, tmp_path: Path
) -> None:
    sent = image()
    for keyword, value in changes.items():
        setattr(sent, keyword, value)
    assert of(sent, tmp_path) == code


@pytest.mark.parametrize(
    "keyword", ["Rows", "Columns", "BitsAllocated", "SamplesPerPixel", "PhotometricInterpretation"]
)
def test_a_header_that_does_not_describe_its_pixels_is_refused(keyword: str, tmp_path: Path) -> None:
    sent = image()
    delattr(sent, keyword)
    assert of(sent, tmp_path) == "bad_pixels"


@pytest.mark.parametrize(
    ("sop_class", "modality", "code"),
    [
        (CT, "MR", "mislabelled"),
        (MR, "CT", "mislabelled"),
        (SLIDE, "SM", "not_yet_whole_slide"),
        (SLIDE, "MR", "mislabelled"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "ECG", "not_yet_ecg"),
        ("1.2.840.10008.5.1.4.1.1.6.1", "CT", "mislabelled"),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    sop_class: str, modality: str, code: str, tmp_path: Path
) -> None:
    assert of(image(sop_class=sop_class, modality=modality), tmp_path) == code


def test_a_ct_in_colour_is_none(tmp_path: Path) -> None:
    assert of(image(np.zeros((8, 9, 3), np.uint8), sop_class=CT, modality="CT"), tmp_path) == "mislabelled"


def test_an_image_without_a_name_of_its_own_is_refused(tmp_path: Path) -> None:
    sent = image()
    sent.file_meta.MediaStorageSOPInstanceUID = ""
    path = tmp_path / "sent"
    del sent.SOPInstanceUID
    sent.save_as(path, enforce_file_format=False)
    assert refusal(path) == "missing_uid"


def test_attributes_that_are_encrypted_are_told_where_nothing_else_can_be_read(tmp_path: Path) -> None:
    sent = image()
    sent.EncryptedAttributesSequence = [item(EncryptedContent=b"secret")]
    del sent.PixelData
    assert of(sent, tmp_path) == "encrypted"


def compressed(syntax: str, frames: list[bytes]) -> FileDataset:
    """An image whose frames are such bytes."""
    sent = image(ramp().astype(np.uint8))
    sent.file_meta.TransferSyntaxUID = syntax
    sent.PixelData = encapsulate(frames)
    sent["PixelData"].is_undefined_length = True
    return sent


def test_a_picture_larger_than_its_header_says_is_not_decoded(tmp_path: Path) -> None:
    bomb = b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xd9"
    assert of(compressed(JPEGBaseline8Bit, [bomb]), tmp_path) == "mislabelled"
    siz = (
        b"\xff\x4f\xff\x51\x00\x29\x00\x00"
        + pack(">4L", 60000, 60000, 0, 0)
        + bytes(16)
        + b"\x00\x01\x07\x01\x01"
    )
    assert of(compressed(JPEG2000Lossless, [siz]), tmp_path) == "mislabelled"


def test_a_transfer_syntax_that_is_not_read_is_named(tmp_path: Path) -> None:
    path = written(compressed("1.2.840.10008.1.2.4.100", [b"a film"]), tmp_path / "sent")
    with pytest.raises(Refused) as refused:
        prepare(path, tmp_path / "stored.dcm", Recipe(KEY))
    assert str(refused.value) == "The pixels can't be decoded: MPEG2 Main Profile / Main Level."


def test_a_transfer_syntax_that_nobody_registered_is_not_repeated(tmp_path: Path) -> None:
    assert of(compressed("1.2.3.12345.6", [b"?"]), tmp_path) == "undecodable"


def test_more_frames_than_the_header_says_are_refused(tmp_path: Path) -> None:
    sent = image(np.stack([ramp()] * 3).astype(np.uint8))
    sent.compress(JPEGLSLossless, generate_instance_uid=False)
    sent.NumberOfFrames = 2
    assert of(sent, tmp_path) in ("mislabelled", "bad_pixels")


@pytest.mark.parametrize("frames", [2, 4])
def test_native_pixels_of_more_or_fewer_frames_are_refused(frames: int, tmp_path: Path) -> None:
    sent = image(np.stack([ramp()] * 3))
    sent.NumberOfFrames = frames
    assert of(sent, tmp_path) == {2: "mislabelled", 4: "pixels_truncated"}[frames]


def test_full_colours_that_say_to_be_halved_are_refused(tmp_path: Path) -> None:
    sent = image(np.zeros((8, 10, 3), np.uint8))
    sent.PhotometricInterpretation = "YBR_FULL_422"
    assert of(sent, tmp_path) == "mislabelled"


def test_fragments_without_end_are_refused(tmp_path: Path) -> None:
    path = written(compressed(JPEGBaseline8Bit, [b"\xff\xd8"]), tmp_path / "sent")
    data = path.read_bytes()
    begin = data.rfind(b"\xfe\xff\x00\xe0")
    many = data[:begin] + b"\xfe\xff\x00\xe0\0\0\0\0" * 20_000
    assert of_bytes(many, tmp_path) == "too_many"
    assert of_bytes(data[:begin] + b"\xfe\xff\x00\xe0\xf0\xff\xff\xff", tmp_path) == "pixels_truncated"


def test_what_pydicom_only_warns_of_is_no_failure_and_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    read(one("MR_small_padded.dcm"), Limits())
    prepare(one("MR_small_padded.dcm"), tmp_path / "stored.dcm", Recipe(KEY))

    assert not recwarn.list
    assert capfd.readouterr() == ("", "")


def test_the_key_is_not_in_what_a_recipe_shows() -> None:
    shown = repr(Recipe(KEY))
    assert not any(told in shown for told in (KEY.hex(), KEY.decode()))
