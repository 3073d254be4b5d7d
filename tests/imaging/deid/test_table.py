"""Table E.1-1: the rows are those of the edition named, and each is done by its action."""

import importlib
from typing import Any

import pytest
from pydicom import Dataset, Sequence
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import Tag

from imaging.deid.cleaning import deidentify
from imaging.deid.options import Options
from imaging.deid.table import EDITION, Row, row_of, rows
from tests.imaging.deid.objects import made
from tests.imaging.deid.saving import NOTHING, PSEUDONYMS

CARRIED = importlib.import_module(f"dicomanonymizer.dicom_anonymization_databases.dicomfields_{EDITION}")
LISTS = {
    "D": CARRIED.D_TAGS, "Z": CARRIED.Z_TAGS, "X": CARRIED.X_TAGS, "U": CARRIED.U_TAGS, "Z/D": CARRIED.Z_D_TAGS,
    "X/Z": CARRIED.X_Z_TAGS, "X/D": CARRIED.X_D_TAGS, "X/Z/D": CARRIED.X_Z_D_TAGS,
    "X/Z/U*": CARRIED.X_Z_U_STAR_TAGS,
}  # fmt: skip
SINGLE = [row for row in rows() if not set(row.tag) & set("xg")]
WRITTEN = {
    "AE": b"KRANKENHAUS ", "AS": b"034Y", "CS": b"KRANKENHAUS ", "DA": b"20040119", "DS": b"7412.5",
    "DT": b"20040119072731", "IS": b"741236", "LO": b"Krankenhaus ", "LT": b"Krankenhaus ", "OB": b"Krankenhaus ",
    "OW": b"Krankenhaus ", "PN": b"Krankenhaus ", "SH": b"Krankenhaus ", "ST": b"Krankenhaus ", "TM": b"072731",
    "UC": b"Krankenhaus ", "UI": b"1.2.3.4.5.6", "UN": b"Krankenhaus ", "UR": b"http://krankenhaus",
    "UT": b"Krankenhaus ", "US": b"\x03\x00", "FD": b"\0" * 6 + b"\xf0\x3f", "FL": b"\0\0\x80\x3f",
}  # fmt: skip


def written(row: Row) -> tuple[str, RawDataElement | DataElement]:
    tag = int(row.tag, 16)
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        vr = "SQ" if row.attribute.endswith("Sequence") else "LO"
    if vr != "SQ":
        data = WRITTEN[vr.split(" or ")[0]]
        return vr, RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)
    item = Dataset()
    item.PatientComments, item.ReferencedSOPInstanceUID = "Krankenhaus", "1.2.3.4.5.6"
    return vr, DataElement(tag, "SQ", Sequence([item]))


def after(row: Row, options: Options) -> DataElement | None:
    dataset = made("CT")
    dataset[int(row.tag, 16)] = written(row)[1]
    clean = deidentify(dataset, PSEUDONYMS, options)
    return clean.get(Tag(int(row.tag, 16)))


def test_the_edition_is_named_and_its_rows_counted() -> None:
    assert EDITION == "2026c"
    assert len(rows()) == 656
    assert len({row.tag for row in rows()}) == 656


def test_every_row_has_the_action_that_an_independent_reading_of_the_edition_has() -> None:
    ours = {row.tag: row.basic for row in rows()}
    theirs = {}
    for action, tags in LISTS.items():
        for tag in tags:
            repeated = {0x5000: "50xxxxxx"}.get(tag[0], f"60xx{tag[1]:04X}")
            theirs[repeated if len(tag) == 4 else f"{tag[0]:04X}{tag[1]:04X}"] = action
    assert ours.pop("ggggeeee") == "X"  # Private Attributes, which that reading leaves to its engine
    assert ours == theirs


@pytest.mark.parametrize("tag", [0x00091001, 0x00110010, 0x50020010, 0x501E3000, 0x60003000, 0x601E4000])
def test_the_rows_for_many_tags_are_found(tag: int) -> None:
    found = row_of(tag)
    assert found is not None
    assert found.basic == "X"


def test_each_row_is_done_by_its_action_of_the_basic_profile() -> None:
    wrong = [
        f"{row.tag} {row.attribute}: {row.basic}" for row in SINGLE if not _done(row, after(row, NOTHING))
    ]
    assert wrong == []


def _done(row: Row, left: DataElement | None) -> bool:
    """What the standard's action letters allow to be left (PS3.15 E.1.1), told without the code under test."""
    if row.tag[:4] == "0000" or row.tag == "00020003":
        return left is None  # not of a data set
    try:
        dictionary_VR(int(row.tag, 16))
    except KeyError:
        return left is None
    text = "" if left is None or left.VR == "SQ" else str(left.value)
    if (
        "krankenhaus" in text.lower()
        or "2004" in text
        or "7412" in text
        or text in ("034Y", "072731", "1.2.3.4.5.6")
    ):
        return False
    if row.basic == "X":
        return left is None
    if row.basic == "X/Z/U*":
        return left is not None and left.value[0].ReferencedSOPInstanceUID.startswith("2.25.")
    if left is None:
        return False
    if row.basic == "U":
        return text.startswith("2.25.")
    if row.tag == "00100010":
        return text.startswith("P-")  # Z allows a dummy (E.1.1), and viewers show it
    if row.basic.endswith("Z"):
        return left.is_empty
    if left.VR == "SQ":
        return len(left.value) == 1 and not any(left.value[0].iterall())
    return row.basic.endswith("D") and not left.is_empty


def chosen(column: str) -> list[Row]:
    return [row for row in SINGLE if getattr(row, column)]


def test_all_dates_of_the_option_move_and_no_other() -> None:
    options, moved, still = Options(modified_dates=True), [], []
    for row in SINGLE:
        vr, _ = written(row)
        if vr in ("DA", "DT", "TM"):
            left: Any = after(row, options)
            text = "" if left is None else str(left.value)
            kept = "072731" in text if vr == "TM" else text[:2] in ("19", "20") and text[:8] != "19000101"
            (moved if kept else still).append(row.tag)
    unknown = {"0040A034", "0040A035", "0040B034", "0040B036"}  # newer than pydicom's dictionary: removed
    assert set(moved) == {row.tag for row in chosen("modified_dates")} - unknown - {"00080201"}
    assert {"00100030", "00100032"} <= set(still)


def test_the_device_is_kept_by_its_option_only() -> None:
    kept = {row.tag for row in SINGLE if _holds(after(row, Options(device=True)))}
    assert kept == {row.tag for row in chosen("device") if written(row)[0] != "SQ" and not row.modified_dates}
    assert len(kept) > 25


def _holds(left: DataElement | None) -> bool:
    return (
        left is not None
        and left.VR != "SQ"
        and str(left.value).strip().lower() in ("krankenhaus", "1.2.3.4.5.6", "7412.5", "20040119", "072731")
    )


@pytest.mark.parametrize(
    ("keyword", "value", "kept"),
    [
        ("PatientSex", "F", "F"), ("PatientSex", "Mustermann", None), ("PatientAge", "034Y", "034Y"),
        ("PatientAge", "089Y", "089Y"), ("PatientAge", "090Y", "090Y"), ("PatientAge", "104Y", "090Y"),
        ("PatientAge", "104M", "104M"), ("PatientSize", "1.72", "1.72"), ("PatientWeight", "63.5", "63.5"),
        ("SmokingStatus", "NO", "NO"), ("SmokingStatus", "LOTS", None), ("PregnancyStatus", 4, "4"),
        ("PatientSexNeutered", "ALTERED", "ALTERED"), ("EthnicGroup", "Mustermann", None),
        ("SpecialNeeds", "none, Mustermann", "none"), ("OtherPatientNames", "A^B", None),
    ],
)  # fmt: skip
def test_characteristics_are_kept_by_their_form(keyword: str, value: Any, kept: str | None) -> None:
    dataset = made("CT")
    tag = Tag(keyword)
    if isinstance(value, int):
        dataset[tag] = DataElement(tag, "US", value)
    else:
        data = value.encode()
        dataset[tag] = RawDataElement(tag, dictionary_VR(tag), len(data), data, 0, False, True)
    clean = deidentify(dataset, PSEUDONYMS, Options(patient_characteristics=True))
    assert (str(clean[tag].value or "") or None if tag in clean else None) == kept
    assert not deidentify(dataset, PSEUDONYMS, NOTHING).get(keyword)


def test_descriptors_are_cleaned_by_their_option_only() -> None:
    said = b"CT Thorax nativ, Frau Mustermann, venous "
    for row in chosen("clean_descriptors"):
        tag, vr = int(row.tag, 16), written(row)[0]
        if vr not in ("LO", "SH", "LT", "ST", "UT", "UC"):
            continue
        dataset = made("CT")
        dataset[tag] = RawDataElement(Tag(tag), vr, len(said), said, 0, False, True)
        assert (
            deidentify(dataset, PSEUDONYMS, Options(clean_descriptors=True))[tag].value
            == "CT Thorax nativ venous"
        )
        assert "Thorax" not in str(deidentify(dataset, PSEUDONYMS, NOTHING).get(tag))
