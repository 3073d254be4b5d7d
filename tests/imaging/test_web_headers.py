"""Headers as JSON and as files: complete, under other names wherever they stand, and readable by others."""

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

from imaging.deid.options import Options
from imaging.limits import Limits
from imaging.web.bulk import bulk_value, is_path
from imaging.web.files import file_as, plain_pixels
from imaging.web.frames import JPEG_LS, PLAIN_SYNTAX, StoredFile, reading, stored_syntax
from imaging.web.guise import PLAIN, Guise
from imaging.web.headers import header_of
from imaging.web.templates import filled, template_of
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe
from tests.imaging.made import KEY, image, item, written
from tests.imaging.shipped import one

UIDS = {"2.25.1": "2.25.901", "2.25.12": "2.25.902", "2.25.3": "2.25.903"}
READER = Guise(lambda uid: UIDS.get(uid, "2.25.999" if uid.startswith("2.25.") else uid), "1234-567-890")


def stored(source: Path, folder: Path) -> StoredFile:
    """What the worker makes of a file."""
    target = folder / "stored.dcm"
    told = prepare(source, target, Recipe(KEY, Options().to_json(), Limits()))
    bits = told["facts"]["bits_allocated"] == 1
    pixels = told["facts"]["rows"] * told["facts"]["columns"] if bits else 0
    return StoredFile(target, told["frames"], pixels)


def in_disguise() -> Dataset:
    """A header whose identities stand at its top, in a sequence, alone and in a list."""
    dataset = image(PatientID="P-1", PatientName="P-1", AccessionNumber="A1", StudyID="S1")
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID = "2.25.1", "2.25.12"
    dataset.StudyInstanceUID, dataset.FailedSOPInstanceUIDList = "2.25.3", ["2.25.1", "2.25.12"]
    reference = item(ReferencedSOPInstanceUID="2.25.12", ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2")
    dataset.ReferencedImageSequence = [
        item(PatientID="P-1", AccessionNumber="A1", PurposeOfReferenceCodeSequence=[reference])
    ]
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageComments = "see 2.25.1 \u2028 é {}"
    dataset.RedPaletteColorLookupTableData = bytes(1000)
    return dataset


def test_the_text_of_a_header_is_the_header(tmp_path: Path) -> None:
    path = written(in_disguise(), tmp_path / "a.dcm")
    made = json.loads(filled(template_of(header_of(path)), PLAIN, "https://host/x"))
    told = Dataset.from_json(made, lambda tag, vr, uri: b"")
    plain = pydicom.dcmread(path, stop_before_pixels=True)
    for element in plain:
        if element.keyword not in ("RedPaletteColorLookupTableData",):
            assert told[element.tag].value == element.value, element.keyword
    assert made["7FE00010"] == {"vr": "OW", "BulkDataURI": "https://host/x/bulkdata/7FE00010"}
    assert made["00281201"]["BulkDataURI"] == "https://host/x/bulkdata/00281201"
    assert list(made) == sorted(made)


def test_names_are_replaced_wherever_they_stand(tmp_path: Path) -> None:
    path = written(in_disguise(), tmp_path / "a.dcm")
    text = filled(template_of(header_of(path)), READER, "https://host/x")
    told = Dataset.from_json(json.loads(text), lambda tag, vr, uri: b"")
    as_file = b"".join(file_as(native(path), PLAIN_SYNTAX, READER))
    for dataset in (told, pydicom.dcmread(io.BytesIO(as_file))):
        assert (dataset.StudyInstanceUID, dataset.SeriesInstanceUID) == ("2.25.903", "2.25.902")
        assert (dataset.SOPInstanceUID, list(dataset.FailedSOPInstanceUIDList)) == (
            "2.25.901",
            ["2.25.901", "2.25.902"],
        )
        assert (dataset.PatientID, str(dataset.PatientName), dataset.AccessionNumber) == (
            "1234-567-890",
            "1234-567-890",
            "",
        )
        inside = dataset.ReferencedImageSequence[0]
        assert (inside.PatientID, inside.AccessionNumber or "") == ("1234-567-890", "")
        reference = inside.PurposeOfReferenceCodeSequence[0]
        assert reference.ReferencedSOPInstanceUID == "2.25.902"
        assert reference.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    for whole in (text, as_file):
        assert b"P-1" not in whole
        assert re.search(rb"(?<![0-9.])2\.25\.(1|12|3)(?![0-9])", whole) is None


def native(path: Path) -> StoredFile:
    """A file of a test as a stored one of one frame."""
    pixels = header_of(path).pixels
    return StoredFile(path, [[pixels.offset, pixels.length]])


def test_numbers_that_are_none_do_not_break_the_text(tmp_path: Path) -> None:
    path = written(
        image(RecommendedDisplayFrameRateInFloat=float("nan"), ExposureTimeInuS=3.5), tmp_path / "a.dcm"
    )
    told: dict[str, Any] = json.loads(
        filled(template_of(header_of(path)), PLAIN, ""), parse_constant=pytest.fail
    )
    assert told["00089459"]["Value"] == [None]


def test_bulk_values_are_found_by_their_way(tmp_path: Path) -> None:
    dataset = image()
    dataset.ModalityLUTSequence = [item(LUTData=bytes(range(256)) * 4)]
    dataset["ModalityLUTSequence"].value[0]["LUTData"].VR = "OW"
    path = written(dataset, tmp_path / "a.dcm")
    made = json.loads(filled(template_of(header_of(path)), PLAIN, "x"))
    address = made["00283000"]["Value"][0]["00283006"]["BulkDataURI"]
    assert address == "x/bulkdata/00283000.0.00283006"
    assert bulk_value(path, address.rpartition("/")[2]) == bytes(range(256)) * 4
    for nothing in (
        "00283000.1.00283006",
        "00283000",
        "00100020",
        "00283000.0.00283000",
        "00283006.0.00283006",
    ):
        assert bulk_value(path, nothing) is None
    assert not any(map(is_path, ("", "7FE00010/..", "7fe00010", "00283000.x.00283006", "00283000.0")))


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "examples_ybr_color.dcm", "liver.dcm", "rtdose.dcm", "emri_small.dcm"]
)
def test_frames_are_what_the_sender_sent(name: str, tmp_path: Path) -> None:
    file, sent = stored(one(name), tmp_path), pixel_array(one(name))
    frames = sent if len(file.ranges) > 1 else sent[np.newaxis]
    with reading(file) as there:
        for number, frame in enumerate(frames, 1):
            packed = np.packbits(frame.ravel(), bitorder="little") if file.single_bits else frame
            assert bytes(there.plain(number)) == np.ascontiguousarray(packed).tobytes()
            if there.syntax == JPEG_LS:
                offset, length = file.ranges[number - 1]
                assert there.stored(number) == file.path.read_bytes()[offset : offset + length]
    for syntax in {stored_syntax(file), PLAIN_SYNTAX}:
        whole = pydicom.dcmread(io.BytesIO(b"".join(file_as(file, syntax, READER))))
        assert whole.file_meta.TransferSyntaxUID == syntax
        assert np.array_equal(whole.pixel_array, sent)
    native = pydicom.dcmread(io.BytesIO(b"".join(file_as(file, PLAIN_SYNTAX, PLAIN))))
    assert b"".join(plain_pixels(file)).rstrip(b"\0") == native.PixelData.rstrip(b"\0")


@pytest.mark.parametrize("shape", [(3, 5, 7), (5, 3, 3), (2, 8, 8)])
def test_single_bits_begin_with_their_frames(shape: tuple[int, int, int], tmp_path: Path) -> None:
    bits = np.random.default_rng(7).integers(0, 2, shape, dtype=np.uint8)
    dataset = image(np.zeros(shape[1:], np.uint8))
    dataset.NumberOfFrames, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = shape[0], 1, 1, 0
    data = np.packbits(bits.ravel(), bitorder="little").tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    file = stored(written(dataset, tmp_path / "a.dcm"), tmp_path)
    with reading(file) as frames:
        for number, frame in enumerate(bits, 1):
            assert frames.plain(number) == np.packbits(frame.ravel(), bitorder="little").tobytes()
