"""A header as DICOM JSON (PS3.18 F.2) with places left open for what differs from viewer to viewer.

The text is made once for a stored file and kept beside it: reading a header takes milliseconds, and a study has
thousands of them. JSON as we write it holds no control characters, so that they can mark the open places.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .guise import NAMES, PATIENT, Guise
from .headers import OFFSET_TABLES, Header, quiet

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

BULK: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
INLINE: Final = 512  # bytes of a value that stands in the text itself
_CHARACTERS: Final = 0x00080005
_NAME, _ADDRESS = "\x00", "\x01"
# An open place: a name with what is stored there, the address of the instance, or a UID of ours.
_PLACES: Final = re.compile(
    rb"\x00([0-9A-F]{8})([^\x00]*)\x00|\x01|(?<![0-9.])2\.25\.[0-9]+",
)


def template_of(header: Header) -> bytes:
    """The JSON object of a header, its places open; long binary values are told by address."""
    with quiet():
        for tag, vr in NAMES.items():
            if tag not in header.dataset:
                header.dataset.add_new(tag, vr, "")
        members = [*_members(header.dataset, ""), _pixels(header)]
    return ("{" + ",".join(members) + "}").encode()


def filled(template: bytes, guise: Guise, address: str) -> bytes:
    """The JSON object as it is shown. `address`: of the instance, without a slash at its end."""
    uids: dict[bytes, bytes] = {}
    where = json.dumps(address)[1:-1].encode()

    def fill(place: re.Match[bytes]) -> bytes:
        found = place[0]
        if found == b"\x01":
            return where
        if place[1] is not None:
            return _name(int(place[1], 16), place[2], guise)
        if found not in uids:
            uids[found] = guise.shown(found.decode()).encode()
        return uids[found]

    return _PLACES.sub(fill, template)


def _name(tag: int, stored: bytes, guise: Guise) -> bytes:
    if guise.patient is None:
        return stored
    vr, value = NAMES[tag], guise.patient if tag in PATIENT else ""
    told: Any = {"Alphabetic": value} if vr == "PN" else value
    return _compact({"vr": vr, "Value": [told]} if value else {"vr": vr}).encode()


def _members(dataset: "Dataset", path: str) -> Iterator[str]:
    for element in dataset:
        tag = int(element.tag)
        if tag in OFFSET_TABLES or tag & 0xFFFF == 0:
            continue
        told = _attribute(element, f"{path}{tag:08X}")
        yield f'"{tag:08X}":' + (f"{_NAME}{tag:08X}{told}{_NAME}" if tag in NAMES else told)


def _attribute(element: "DataElement", path: str) -> str:
    if element.VR == "SQ":
        items = (
            "{" + ",".join(_members(item, f"{path}.{number}.")) + "}"
            for number, item in enumerate(element.value or ())
        )
        told = ",".join(items)
        return f'{{"vr":"SQ","Value":[{told}]}}' if told else '{"vr":"SQ"}'
    if element.tag == _CHARACTERS:
        return _compact(
            {"vr": "CS", "Value": ["ISO_IR 192"]}
        )  # what JSON is written in, whatever the file is
    if element.VR in BULK and len(element.value or b"") > INLINE:
        return _by_address(element.VR, path)
    return _compact(_finite(element.to_json_dict(None, INLINE * 2)))


def _pixels(header: Header) -> str:
    return f'"{header.pixel_tag:08X}":' + _by_address(header.pixels.vr, f"{header.pixel_tag:08X}")


def _by_address(vr: str, path: str) -> str:
    return f'{{"vr":"{vr}","BulkDataURI":"{_ADDRESS}/bulkdata/{path}"}}'


def _finite(value: Any) -> Any:
    """JSON knows no infinity, and nothing that is not a number."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
