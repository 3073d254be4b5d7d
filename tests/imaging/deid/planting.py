"""Writes identifiers into every place of a DICOM object that can hold text, and looks for them afterwards.

`plant(dataset, SECRETS)` works on the dataset that it is given; `found(data, SECRETS)` says which survived in bytes.
"""

import base64
import hashlib
import re
import unicodedata
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydicom import Dataset, Sequence
from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import python_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import FileMetaDataset
from pydicom.tag import Tag

TEXT = ("AE", "AS", "CS", "DS", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT")
BYTES = ("OB", "OB or OW", "OF", "OD", "OL", "OV", "UN")
# Without these an object is not one; look-up tables are kept on purpose (docs/deidentification.md).
SPARED = {
    0x00280008,
    0x00080005,
    0x00080016,
    0x00280301,
    0x00280302,
    0x7FE00001,
    0x7FE00002,
    0x7FE00008,
    0x7FE00009,
    0x7FE00010,
}
LOOKUPS = {*range(0x00281201, 0x00281205), *range(0x00281221, 0x00281225), 0x00283006}
# Kept with what is in them, kept by an option, removed, replaced by a dummy, and functional groups: planted deeper.
DEEP = {
    0x00081140,
    0x00081199,
    0x00400275,
    0x00081084,
    0x00400555,
    0x0040A730,
    0x52009229,
    0x52009230,
    0x00185011,
}
STANDING = ("CS", "DS", "IS")  # a value that is there already and of these VRs is what the image needs


@dataclass(frozen=True)
class Secrets:
    """What must not survive. Texts of at most 16 characters, so that they fit into any VR."""

    names: tuple[str, ...] = ("Quastenflosser", "Xenokratia", "Øystein", "Zwölfenbeyn", "山田太郎", "Πελαγία")
    ids: tuple[str, ...] = ("MRN-7730915", "7730915", "KV-A84120077")
    dates: tuple[str, ...] = ("19680403", "20231117")
    uids: tuple[str, ...] = ("1.3.6.1.4.1.77309.15.1", "1.3.6.1.4.1.77309.15.2", "1.3.6.1.4.1.77309.15.3")
    phones: tuple[str, ...] = ("+49 30 90126-471", "030/9012647")
    places: tuple[str, ...] = ("Rosenquarzweg", "Spital Nebelhorn")

    @property
    def texts(self) -> tuple[str, ...]:
        return (*self.names, *self.ids, *self.phones, *self.places, "1968-04-03", "03.04.1968", "17.11.2023")

    @property
    def everything(self) -> tuple[str, ...]:
        return (*self.texts, *self.dates, *self.uids)


SECRETS = Secrets()


class _Planter:
    def __init__(self, secrets: Secrets, charset: str) -> None:
        self.secrets = secrets
        self.codec = python_encoding[charset]
        self.texts = [text for text in secrets.texts if self.fits(text)]
        self.names = [name for name in secrets.names if self.fits(name)]

    def fits(self, text: str) -> bool:
        try:
            return bool(text.encode(self.codec))
        except UnicodeError:
            return False

    def value(self, tag: int, vr: str) -> str:
        """A secret chosen by the tag, in the form of the VR where the VR has one."""
        pick = int.from_bytes(hashlib.sha256(str(tag).encode()).digest()[:4], "big")
        one = self.texts[pick % len(self.texts)]
        if vr == "PN":
            a, b = self.names[pick % len(self.names)], self.names[(pick + 1) % len(self.names)]
            return f"{a}^{b}^{b}^Dr.^={a}^{b}={b}"
        if vr in ("DA", "DT"):
            return self.secrets.dates[pick % 2] + ("114511+0100" if vr == "DT" else "")
        if vr in ("DS", "IS"):
            return self.secrets.ids[pick % 2]
        if vr in ("CS", "AE"):
            return one.upper()
        if vr in ("LT", "ST", "UT"):
            return "Pat. " + " / ".join(self.texts)
        if vr == "UI":
            return self.secrets.uids[pick % len(self.secrets.uids)]
        if vr == "UR":
            return f"https://pacs.{self.secrets.names[0]}.example/{self.secrets.ids[1]}"
        return f"{one}\\{self.texts[(pick + 1) % len(self.texts)]}" if vr == "LO" else one

    def raw(self, tag: int, vr: str, text: str | None = None) -> RawDataElement:
        """An element as it is read from a file: nothing checks what is in it."""
        data = (self.value(tag, vr) if text is None else text).encode(self.codec)
        data += b"\0" if len(data) % 2 and vr in ("UI", "OB", "UN") else b" " * (len(data) % 2)
        return RawDataElement(Tag(tag), vr, len(data), data, 0, False, True)

    def stands(self, dataset: Dataset, tag: int) -> bool:
        """True of what the image needs: there before the planting."""
        there = dataset.get_item(tag)
        return isinstance(there, DataElement) and there.VR in STANDING

    def fill(self, dataset: Dataset, depth: int) -> None:
        """Every element of the dictionary that holds text, bytes or, down to a depth, sequences."""
        for tag, (vr, *_rest) in DicomDictionary.items():
            if tag >> 16 <= 4 or tag in SPARED | LOOKUPS or self.stands(dataset, tag):
                continue
            if vr in (*TEXT, "DA", "DT", "UI"):
                dataset[tag] = self.raw(tag, vr)  # an element read as raw is none that stands
            elif vr in BYTES:
                dataset[tag] = self.raw(
                    tag, "OB" if "OB" in vr else vr, self.secrets.texts[0] + self.texts[1]
                )
            elif vr == "SQ" and tag not in dataset:
                item = self.item(depth - 1) if tag in DEEP else self.leaf(tag)
                dataset[tag] = DataElement(tag, "SQ", Sequence([item]))

    def leaf(self, tag: int) -> Dataset:
        """A small item: an identifier, a text that no table names, and a private element."""
        item = Dataset()
        for inner, vr in ((0x00100020, "LO"), (0x00081090, "LO"), (0x0040A160, "UT"), (0x00110010, "LO")):
            item[inner] = self.raw(inner, vr, self.texts[(tag + inner) % len(self.texts)])
        return item

    def item(self, depth: int) -> Dataset:
        """One item with one of each VR, private elements, and an item in it down to a depth."""
        item = Dataset()
        for keyword in ("CodeValue", "CodeMeaning", "CodingSchemeDesignator", "LongCodeValue"):
            item[keyword] = self.raw(Tag(keyword), "LO")
        for keyword, vr in (
            ("PatientName", "PN"), ("PersonName", "PN"), ("StudyDate", "DA"), ("DateTime", "DT"),
            ("TextValue", "UT"), ("ReferencedSOPInstanceUID", "UI"), ("StationAETitle", "AE"), ("KVP", "DS"),
            ("AcquisitionNumber", "IS"), ("ManufacturerModelName", "LO"), ("ImageComments", "LT"),
            ("BodyPartExamined", "CS"), ("SequenceName", "SH"), ("DeviceSerialNumber", "LO"),
        ):  # fmt: skip
            item[keyword] = self.raw(Tag(keyword), vr)
        self.private(item)
        if depth > 0:
            for keyword in ("RequestAttributesSequence", "SharedFunctionalGroupsSequence"):
                item[keyword] = DataElement(Tag(keyword), "SQ", Sequence([self.item(depth - 1)]))
        return item

    def private(self, dataset: Dataset) -> None:
        """Private elements with a creator and without, and one that only looks like a creator."""
        dataset[0x00110010] = self.raw(0x00110010, "LO", self.names[0])
        for element, vr in ((0x1001, "LO"), (0x1002, "UN"), (0x1003, "OB"), (0x1004, "UT"), (0x1005, "PN")):
            dataset[0x00110000 + element] = self.raw(0x00110000 + element, vr)
        dataset[0x00131001] = self.raw(0x00131001, "LO")
        dataset[0x00190020] = self.raw(0x00190020, "SH")

    def strangers(self, dataset: Dataset) -> None:
        """Overlays, curves, unknown tags, wrong VRs, UN of known tags, padding."""
        for group in (0x6000, 0x6002, 0x601E, 0x5000, 0x5002, 0x501E):
            for element, vr in (
                (0x0022, "LO"),
                (0x1500, "LO"),
                (0x3000, "OB"),
                (0x4000, "LT"),
                (0x2600, "SH"),
            ):
                dataset[group << 16 | element] = self.raw(group << 16 | element, vr)
        for tag, vr in (
            (0x00289FF0, "LO"), (0x0010FFF0, "UN"), (0x00084242, "PN"), (0x0018FFF2, "UT"), (0x4FFE0001, "SH"),
            (0x00180060, "LT"), (0x00180050, "LO"), (0x00281050, "SH"), (0x00080060, "UT"), (0x00180088, "UN"),
            (0x00081030, "UN"), (0x00104000, "UN"), (0x00180015, "UN"), (0x00081090, "UN"), (0xFFFCFFFC, "OB"),
        ):  # fmt: skip
            if not self.stands(dataset, tag):
                dataset[tag] = self.raw(tag, vr)
        packed = zlib.compress(" ".join(self.texts).encode()) + base64.b64encode(self.texts[0].encode())
        for tag in (0x00282000, 0x00420011):
            data = packed + packed[: len(packed) % 2]
            dataset[tag] = RawDataElement(Tag(tag), "OB", len(data), data, 0, False, True)


def plant(dataset: Dataset, secrets: Secrets = SECRETS, charset: str = "ISO_IR 192") -> None:
    """Writes the secrets into a dataset and its file meta information; CS, DS and IS that it has stay."""
    planter = _Planter(secrets, charset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of creators' names in a character set not yet declared
        planter.fill(dataset, depth=3)
        planter.private(dataset)
        planter.strangers(dataset)
    dataset.SpecificCharacterSet = ["", charset] if "2022" in charset else charset
    for keyword, uid in zip(
        ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), secrets.uids, strict=True
    ):
        dataset[keyword] = planter.raw(Tag(keyword), "UI", uid)
    dataset["PatientID"] = planter.raw(0x00100020, "LO", secrets.ids[0])
    dataset["StudyDate"] = planter.raw(0x00080020, "DA", secrets.dates[1])
    dataset["PatientBirthDate"] = planter.raw(0x00100030, "DA", secrets.dates[0])
    _plant_meta(dataset, secrets)


def _plant_meta(dataset: Dataset, secrets: Secrets) -> None:
    meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    meta.MediaStorageSOPInstanceUID = secrets.uids[2]
    meta.ImplementationVersionName = secrets.names[0]
    meta.SourceApplicationEntityTitle = secrets.names[0].upper()
    meta.SendingApplicationEntityTitle = secrets.names[1]
    meta.PrivateInformationCreatorUID = secrets.uids[0]
    meta.PrivateInformation = secrets.names[1].encode()
    dataset.file_meta = meta
    dataset.preamble = secrets.names[0].encode().ljust(128, b"\0")


def found(data: bytes, secrets: Secrets = SECRETS) -> list[str]:
    """The secrets that bytes hold: as they are, in any case, without accents, as UTF-16, in base64, deflated."""
    whole = b"\n".join([data, *_inflated(data), *_unwrapped(data)])
    places = (whole, whole.lower())
    return [s for s in secrets.everything if any(form in place for form in _forms(s) for place in places)]


@cache
def _forms(secret: str) -> frozenset[bytes]:
    return frozenset(_written(secret))


def _written(secret: str) -> Iterator[bytes]:
    flat = "".join(c for c in unicodedata.normalize("NFKD", secret) if not unicodedata.combining(c))
    for text in {secret, secret.lower(), secret.upper(), secret.casefold(), flat, flat.lower()}:
        for codec in ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "iso2022_jp", "iso8859_7"):
            try:
                yield text.encode(codec)
            except UnicodeEncodeError:
                continue
        for start in range(3):  # base64 looks different by where in a group of three bytes the text begins
            coded = base64.b64encode(b"\0" * start + text.encode())
            yield coded[4 if start else 0 : -4]


def _inflated(data: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", data):
        try:
            yield zlib.decompressobj(wbits=47).decompress(data[match.start() :], 1 << 20)
        except zlib.error:
            continue


def _unwrapped(data: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"[A-Za-z0-9+/]{12,4096}", data):
        for start in range(4):
            run = match[0][start:]
            yield base64.b64decode(run[: len(run) // 4 * 4])
