"""What a de-identified object is: fixed under a key, whole, and without a trace in the original or the log."""

import copy
import io
import logging
from datetime import date, timedelta
from pathlib import Path

import pydicom
import pytest
from pydicom import DataElement, Dataset, Sequence, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from imaging.deid.cleaning import deidentify
from imaging.deid.elements import each, texts
from imaging.deid.identity import identity_of, patient_of
from imaging.deid.options import Options
from imaging.deid.pseudonyms import Pseudonyms
from tests.imaging.deid.objects import KINDS, made
from tests.imaging.deid.planting import plant
from tests.imaging.deid.saving import ALL, NOTHING, PSEUDONYMS, opened, saved, written


def of_patient(id: str = "4711", study: str = "1.2.3.1", **more: object) -> Dataset:
    dataset = made("CT")
    dataset.PatientID, dataset.PatientName, dataset.StudyInstanceUID = id, "Muster^Frau", study
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return dataset


def test_the_same_object_gives_the_same_bytes() -> None:
    assert saved(deidentify(of_patient(), PSEUDONYMS, ALL)) == saved(
        deidentify(of_patient(), PSEUDONYMS, ALL)
    )


def test_another_project_gives_other_pseudonyms() -> None:
    one = deidentify(of_patient(), PSEUDONYMS, NOTHING)
    other = deidentify(of_patient(), Pseudonyms(b"another key of thirty-two bytes!"), NOTHING)
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert one[keyword].value != other[keyword].value


@pytest.mark.parametrize("options", [NOTHING, ALL])
def test_a_second_pass_finds_nothing_more_to_take(options: Options) -> None:
    """But pseudonyms and dates, which it can't know from originals, and so replaces once more."""
    source = of_patient(StudyDate="20040119", SeriesDescription="CT Thorax, Frau Muster")
    once = deidentify(source, PSEUDONYMS, options)
    twice = deidentify(once, PSEUDONYMS, options)
    assert list(once.keys()) == list(twice.keys())
    moving = ("UI", "DA", "DT", "PN")
    assert [e for e in each(once) if e.VR not in moving and e.tag != 0x00100020] == [
        e for e in each(twice) if e.VR not in moving and e.tag != 0x00100020
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_original_and_the_pixels_stay_as_they_are(kind: str) -> None:
    original = made(kind)
    before = copy.deepcopy(original)
    clean = deidentify(original, PSEUDONYMS, ALL)
    assert original == before
    assert original.file_meta == before.file_meta
    assert clean.PixelData == before.PixelData
    assert (clean.pixel_array == before.pixel_array).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_image_needs_is_kept(kind: str) -> None:
    original, clean = made(kind), deidentify(made(kind), PSEUDONYMS, NOTHING)
    gone = {e.keyword for e in each(original)} - {e.keyword for e in each(clean)}
    assert gone == set()
    changed = {e.keyword for e in original if e.VR not in ("UI", "SQ") and e.value != clean[e.tag].value}
    assert changed == set()


def test_references_between_objects_hold() -> None:
    ct, other = of_patient(), of_patient(SOPInstanceUID="1.2.3.4")
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = ct.SOPClassUID, ct.SOPInstanceUID
    other.ReferencedImageSequence = Sequence([item])
    clean, referring = (deidentify(one, PSEUDONYMS, NOTHING) for one in (ct, other))
    reference = referring.ReferencedImageSequence[0]
    assert reference.ReferencedSOPInstanceUID == clean.SOPInstanceUID != ct.SOPInstanceUID
    assert reference.ReferencedSOPClassUID == ct.SOPClassUID
    assert referring.StudyInstanceUID == clean.StudyInstanceUID


def test_a_uid_that_only_looks_like_the_standards_is_replaced() -> None:
    clean = deidentify(of_patient(FrameOfReferenceUID="1.2.840.10008.4711.1"), PSEUDONYMS, NOTHING)
    assert clean.FrameOfReferenceUID.startswith("2.25.")


def test_a_patients_dates_move_together_and_keep_their_distance() -> None:
    options = Options(modified_dates=True)
    first = of_patient(StudyDate="20040119", AcquisitionDateTime="20040119072731.5+0100", StudyTime="072731")
    second = of_patient(study="1.2.9", StudyDate="20040301")
    one, two = (deidentify(x, PSEUDONYMS, options) for x in (first, second))
    days = PSEUDONYMS.days(one.PatientID)
    moved = date(2004, 1, 19) + timedelta(days)
    assert one.StudyDate == f"{moved:%Y%m%d}"
    assert one.AcquisitionDateTime == f"{moved:%Y%m%d}072731.5+0100"
    assert one.StudyTime == "072731"
    assert (pydicom.valuerep.DA(two.StudyDate) - pydicom.valuerep.DA(one.StudyDate)).days == 42
    assert one.LongitudinalTemporalInformationModified == "MODIFIED"


def test_patients_without_an_identifier_are_not_one_patient() -> None:
    one, same, other = (
        deidentify(of_patient("", study), PSEUDONYMS, NOTHING).PatientID
        for study in ("1.2.1", "1.2.1", "1.2.2")
    )
    assert one == same != other


def test_the_vault_gets_the_originals() -> None:
    found = identity_of(of_patient(AccessionNumber="A1", IssuerOfPatientID="Ward"))
    assert found == {
        "patient_id": "4711", "issuer": "Ward", "patient_name": "Muster^Frau", "study_uid": "1.2.3.1",
        "series_uid": "1.2.3.2", "instance_uid": "1.2.3.3", "accession": "A1",
    }  # fmt: skip
    assert (
        patient_of(found, PSEUDONYMS)
        == deidentify(of_patient(IssuerOfPatientID="Ward"), PSEUDONYMS, ALL).PatientID
    )


def test_a_file_says_how_it_was_done() -> None:
    clean = deidentify(of_patient(), PSEUDONYMS, ALL)
    assert clean.PatientIdentityRemoved == "YES"
    assert clean.LongitudinalTemporalInformationModified == "MODIFIED"
    assert {item.CodeValue for item in clean.DeidentificationMethodCodeSequence} == {
        "113100", "113105", "113107", "113108", "113109",
    }  # fmt: skip
    assert all(len(text) <= 64 for text in clean.DeidentificationMethod)
    basic = deidentify(of_patient(), PSEUDONYMS, NOTHING)
    assert [item.CodeValue for item in basic.DeidentificationMethodCodeSequence] == ["113100"]
    assert basic.LongitudinalTemporalInformationModified == "REMOVED"


def test_the_file_meta_information_is_made_from_nothing() -> None:
    dataset = of_patient()
    plant(dataset)
    clean = opened(saved(deidentify(dataset, PSEUDONYMS, NOTHING)))
    assert clean.preamble == bytes(128)
    assert {element.keyword for element in clean.file_meta} == {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID", "ImplementationVersionName",
    }  # fmt: skip
    assert clean.file_meta.MediaStorageSOPInstanceUID == clean.SOPInstanceUID
    assert clean.file_meta.ImplementationClassUID.is_valid


@pytest.mark.parametrize("options", [NOTHING, ALL])
def test_synthetic_images_say_so_and_no_more(options: Options) -> None:
    dataset = of_patient(
        SeriesDescription="SYNTHETIC PHANTOM of Frau Muster", ContentQualification="RESEARCH"
    )
    clean = deidentify(dataset, PSEUDONYMS, options)
    assert (clean.SeriesDescription, clean.ContentQualification) == ("SYNTHETIC", "RESEARCH")


HEAD = "Head structure (body structure)"


def coded(scheme: str, value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodingSchemeDesignator, item.CodeValue, item.CodeMeaning = scheme, value, meaning
    dataset = of_patient()
    dataset.AnatomicRegionSequence = Sequence([item])
    return deidentify(dataset, PSEUDONYMS, NOTHING).AnatomicRegionSequence[0]


def test_a_public_code_has_the_standards_words() -> None:
    item = coded("SCT", "69536005", "Head of Frau Muster")
    assert (item.CodingSchemeDesignator, item.CodeValue, item.CodeMeaning) == ("SCT", "69536005", HEAD)
    assert coded("SRT", "T-D1100", "x").CodeMeaning == HEAD


@pytest.mark.parametrize(("scheme", "value"), [("99LOCAL", "69536005"), ("L", "4711"), ("SCT", "47110815")])
def test_of_any_other_code_only_known_words_stay(scheme: str, value: str) -> None:
    item = coded(scheme, value, "Head, Frau Muster 4711")
    assert [str(element.value) for element in item] == ["Head"]


@pytest.mark.parametrize(
    ("keyword", "data", "left"),
    [
        ("BodyPartExamined", b"CHEST ", "CHEST"), ("KVP", b"120 ", "120"), ("PatientName", b"Muster", None),
        ("ManufacturerModelName", b"SOMATOM Muster", "SOMATOM"), ("PatientComments", b"Muster", None),
    ],
)  # fmt: skip
def test_bytes_of_unknown_form_are_read_by_the_dictionary(
    keyword: str, data: bytes, left: str | None
) -> None:
    dataset = of_patient()
    dataset[Tag(keyword)] = DataElement(Tag(keyword), "UN", data)
    clean = deidentify(dataset, PSEUDONYMS, NOTHING)
    assert "Muster" not in str(clean)
    assert left is None or str(clean[keyword].value) == left


@pytest.mark.parametrize("repeat", [1, 5000])  # pydicom itself reads the short ones
def test_a_sequence_in_bytes_of_unknown_form_is_walked(repeat: int) -> None:
    value = b"1.2.3.3\0"
    item = b"\x08\x00\x55\x11" + len(value).to_bytes(4, "little") + value
    item *= repeat
    data = b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item
    dataset = of_patient()
    dataset[0x00081140] = RawDataElement(Tag(0x00081140), "UN", len(data), data, 0, False, True)
    clean = deidentify(dataset, PSEUDONYMS, NOTHING)
    assert clean.ReferencedImageSequence[0].ReferencedSOPInstanceUID == clean.SOPInstanceUID


def test_a_device_that_bears_a_patients_name_is_not_kept() -> None:
    options = Options(device=True)
    kept = deidentify(of_patient(StationName="CT-Ost 3", DeviceSerialNumber="S-1042"), PSEUDONYMS, options)
    assert (kept.StationName, kept.DeviceSerialNumber) == ("CT-Ost 3", "S-1042")
    for station in ("CT Muster", "xMUSTERx", "CT 4711", "a^b"):
        clean = deidentify(of_patient(StationName=station), PSEUDONYMS, options)
        assert clean.StationName == "REMOVED"


def test_a_number_that_repeats_a_patients_identifier_is_emptied() -> None:
    clean = deidentify(of_patient("7730915", AcquisitionNumber="7730915", KVP="120"), PSEUDONYMS, NOTHING)
    assert (clean.AcquisitionNumber, clean.KVP) == (None, 120)


def test_pixels_that_were_not_read_are_not_read_now() -> None:
    original = made("CT")
    original.PixelData = bytes(4096)
    original.Rows = original.Columns = 64
    path_like = io.BytesIO(saved(original))
    deferred = dcmread(path_like, defer_size=1024)
    clean = deidentify(deferred, PSEUDONYMS, NOTHING)
    assert "PixelData" not in clean
    assert clean.Rows == 64


def test_sequences_without_end_are_cut_off() -> None:
    inner = Dataset()
    for _ in range(100):
        outer = Dataset()
        outer.PixelMeasuresSequence = Sequence([inner])
        inner = outer
    dataset = of_patient()
    dataset.SharedFunctionalGroupsSequence = Sequence([inner])
    assert saved(deidentify(dataset, PSEUDONYMS, NOTHING))


def test_neither_warnings_nor_the_log_quote_the_header(caplog: pytest.LogCaptureFixture) -> None:
    dataset = of_patient()
    for tag, vr in ((0x00080018, "UI"), (0x00200013, "IS"), (0x00080020, "DA"), (0x00180050, "DS")):
        data = b"Quastenflosser Anna "
        dataset[tag] = RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)
    with caplog.at_level(logging.DEBUG):
        identity_of(opened(written(_ready(dataset))))
        deidentify(opened(written(_ready(dataset))), PSEUDONYMS, ALL)
    assert "Quastenflosser" not in caplog.text


def _ready(dataset: Dataset) -> Dataset:
    dataset.preamble = bytes(128)
    return dataset


BUNDLED = Path(pydicom.__file__).parent / "data"
FURTHER = Path(pytest.importorskip("data_store").__file__).parent / "data"
FILES = sorted(p for root in (BUNDLED, FURTHER) for p in root.rglob("*") if p.is_file() and p.suffix != ".py")


@pytest.mark.parametrize("options", [NOTHING, ALL], ids=["basic", "all options"])
def test_every_file_of_pydicom_goes_through_and_can_be_read_again(options: Options) -> None:
    through = 0
    for path in FILES:
        try:
            original = dcmread(path, stop_before_pixels=path.stat().st_size > 2_000_000)
        except Exception:  # what pydicom refuses never gets this far
            continue
        clean = deidentify(original, PSEUDONYMS, options)
        whole = bool(clean.get("SOPInstanceUID") and clean.get("SOPClassUID"))
        again = opened(saved(clean, strict=whole))
        assert [e.tag for e in each(again)] == [e.tag for e in each(opened(saved(clean, strict=whole)))]
        assert not _repeats(original, again), path.name
        through += 1
    assert through > 150


def _repeats(original: Dataset, clean: Dataset) -> set[str]:
    """Names, identifiers and UIDs of the original that the clean one still has."""
    said = {text for element in each(clean) for text in texts(element)}
    keywords = (
        "PatientName",
        "PatientID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SOPInstanceUID",
    )
    there = {str(original.get(keyword) or "-?-") for keyword in keywords}
    return {
        text for text in there & said if not text.startswith("1.2.840.10008.")
    }  # the standard's own palettes
