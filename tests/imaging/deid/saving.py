"""Part 10 bytes of a dataset, and a dataset of such bytes."""

import io
import warnings
from itertools import product

from pydicom import Dataset, dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element, write_file_meta_info

from imaging.deid.options import Options
from imaging.deid.pseudonyms import Pseudonyms

PSEUDONYMS = Pseudonyms(b"a key of thirty-two bytes at all")
EVERY_CHOICE = [Options(*chosen) for chosen in product((False, True), repeat=4)]
NOTHING, ALL = EVERY_CHOICE[0], EVERY_CHOICE[-1]


def saved(dataset: Dataset, strict: bool = True) -> bytes:
    """As written to a file; strict demands what a Part 10 file must have."""
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=strict)
    return target.getvalue()


def written(dataset: Dataset) -> bytes:
    """A file with the elements as they are, valid or not, in Explicit VR Little Endian."""
    target = DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = True, False
    target.write(dataset.preamble + b"DICM")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # planted values are not valid, which is the point of them
        write_file_meta_info(target, dataset.file_meta)
        _elements(target, dataset)
    return target.getvalue()


def _elements(target: DicomBytesIO, dataset: Dataset) -> None:
    # pydicom decodes and encodes anew what it writes; here every byte must stay.
    for tag in sorted(dataset.keys()):
        element = dataset.get_item(tag)
        if element.VR != "SQ":
            write_data_element(target, element, ["utf8"])
            continue
        target.write_tag(tag)
        target.write(b"SQ\0\0\xff\xff\xff\xff")
        for item in element.value:
            target.write(b"\xfe\xff\x00\xe0\xff\xff\xff\xff")
            _elements(target, item)
            target.write(b"\xfe\xff\x0d\xe0\0\0\0\0")
        target.write(b"\xfe\xff\xdd\xe0\0\0\0\0")


def opened(data: bytes) -> Dataset:
    """As read from a file."""
    return dcmread(io.BytesIO(data), force=True)
