"""Whatever a header holds, all that remains is allowed: by an oracle that shares no code with what it judges."""

import csv
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset, Sequence
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import Tag

import imaging.deid
from imaging.deid.cleaning import deidentify
from imaging.deid.options import Options
from tests.imaging.deid.objects import made
from tests.imaging.deid.saving import EVERY_CHOICE, PSEUDONYMS, opened, saved
from tests.imaging.deid.test_table import LISTS

PIXELS = {0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010}
MARKS = {0x00120062, 0x00120063, 0x00120064, 0x00280303}
KNOWN = sorted(set(DicomDictionary) - PIXELS)
VRS = sorted({*(vr for vr, *_rest in DicomDictionary.values() if len(vr) == 2 and vr != "SQ"), "UN"})
FOLDER = Path(imaging.deid.__file__).parent
with (FOLDER / "table.csv").open(encoding="utf-8") as lines:
    DEVICE = {int(row["tag"], 16) for row in csv.DictReader(lines) if row["device"]}
VOCABULARY = {
    word
    for line in (FOLDER / "words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.lower().split()
}

texts = st.one_of(
    st.text(max_size=24).map(lambda text: text.encode("utf-8", "ignore")),
    st.sampled_from(
        [
            b"Muster^Anna",
            b"CT Thorax",
            b"20040119",
            b"072731.5",
            b"20040119072731+0100",
            b"1.2.840.10008.1.2",
            b"1.2.840.10008.9.9.9",
            b"1.2.3.4",
            b"4711",
            b"-12.5",
            b"M",
            b"104Y",
            b"AXIAL\\MUSTER",
            b"DCM",
            b"113100",
            b"P-ABCDEFGHIJKLMNOP",
            b"CT Muster 3",
            b"\\\\",
            b"B30f",
            b"2.25.1",
        ]
    ),
    st.binary(max_size=12),
)
tags = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(KNOWN),
    st.sampled_from([tag for listed in LISTS.values() for tag in listed if len(tag) == 2]).map(
        lambda tag: tag[0] << 16 | tag[1]
    ),
    st.integers(0x00080000, 0xFFFEFFFF),
    st.sampled_from(
        [0x00110010, 0x00111001, 0x60003000, 0x60021500, 0x50003000, 0x00080100, 0x00080102, 0x00080104]
    ),
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> RawDataElement | DataElement:
    tag = draw(tags)
    vr = DicomDictionary.get(tag, ("",))[0].split(" or ")[0]
    if not vr or draw(st.integers(0, 9)) == 0:
        vr = draw(st.sampled_from(VRS))
    if vr == "SQ":
        items = draw(st.lists(datasets(depth - 1), max_size=2)) if depth else []
        return DataElement(tag, "SQ", Sequence(items))
    data = draw(texts)
    return RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)


@st.composite
def datasets(draw: st.DrawFn, depth: int = 2) -> Dataset:
    dataset = Dataset()
    for element in draw(st.lists(elements(depth), max_size=12)):
        if int(element.tag) >> 16 > 4:
            dataset._dict[element.tag] = element  # as reading does: unchecked
    return dataset


def whole(header: Dataset) -> Dataset:
    dataset = made("CT")
    dataset._dict.update(header._dict)
    return dataset


@given(header=datasets(), options=st.sampled_from(EVERY_CHOICE))
def test_all_that_remains_is_allowed(header: Dataset, options: Options) -> None:
    clean = deidentify(whole(header), PSEUDONYMS, options)
    judge(clean, options, top=True)
    again = opened(saved(clean, strict=False))
    assert sorted(map(int, again.keys())) == sorted(map(int, clean.keys()))


def judge(clean: Dataset, options: Options, top: bool) -> None:
    coded = clean.get("CodingSchemeDesignator")
    for element in clean:
        tag = int(element.tag)
        if tag in PIXELS or (top and tag in MARKS):
            continue
        assert tag in DicomDictionary, element.tag
        assert not element.tag.is_private
        assert element.tag.group not in (0, 2)
        assert tag not in RepeatersDictionary
        if element.VR == "SQ":
            for item in element.value:
                judge(item, options, top=False)
        elif not element.is_empty and not (coded and 0x00080100 <= tag <= 0x00080104):
            values = element.value if element.VM > 1 else [element.value]
            assert all(allowed(tag, element.VR, value, options) for value in values), element.tag
    if options == EVERY_CHOICE[0]:
        assert not set(map(int, clean.keys())) & {
            tag[0] << 16 | tag[1] for tag in LISTS["X"] if len(tag) == 2
        }


def allowed(tag: int, vr: str, value: object, options: Options) -> bool:
    """True of a value that says nothing: by its VR, and by nothing that de-identification computed."""
    text = str(value)
    kept_device = options.device and tag in DEVICE
    if text in ("", "REMOVED"):
        return True
    if vr in ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"):
        return True
    if vr in ("OB", "OW", "OF", "OD", "OL", "OV", "UN"):
        return value == bytes(8) or 0x00281201 <= tag <= 0x00281224 or tag == 0x00283006
    if vr in ("DS", "IS"):
        return re.fullmatch(r"[-+.\deE]{1,16}", text) is not None
    if vr == "UI":
        return text in UID_dictionary or re.fullmatch(r"2\.25\.\d{1,39}", text) is not None or kept_device
    if vr in ("DA", "DT", "TM"):
        return text.rstrip("0") in ("19", "1900010", "190001", "19000101", "") or (
            options.modified_dates
            and re.fullmatch(r"[\d.+-]+", text) is not None
            and not text.startswith("20040119")
        )
    if vr == "AS":
        return text == "000Y" or (
            options.patient_characteristics and re.fullmatch(r"0\d\dY|\d{3}[DWM]", text) is not None
        )
    if vr == "UR":
        return text == "about:blank"
    if vr == "PN" or tag == 0x00100020:
        return re.fullmatch(r"P-[A-Z2-7]{16}", text) is not None
    if tag == 0x00080201 and options.modified_dates:
        return re.fullmatch(r"[+-]\d{4}", text) is not None
    if kept_device:
        return vr in ("AE", "CS", "LO", "SH", "ST", "UT", "UC") and re.search(r"[\\^@]", text) is None
    strange = [word for word in re.findall(r"[0-9A-Za-z]+", text) if word.lower() not in VOCABULARY]
    if vr == "CS":
        return all(len(word) <= 3 for word in strange) and text == text.upper()
    settings = vr in ("LO", "SH") and all(
        re.fullmatch(r"[A-Za-z]{1,2}\d{1,2}[a-z]{0,2}", word) for word in strange
    )
    return vr in ("LO", "SH", "UC", "LT", "ST", "UT") and text.isascii() and (not strange or settings)
