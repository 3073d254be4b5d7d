"""A client that somebody else wrote lists, fetches and decodes what is stored, over the line."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient
from PIL import Image
from pydicom.pixels.utils import pixel_array
from requests.auth import AuthBase

from tests.api.client import API
from tests.api.dicomweb.scans import FILES, Viewer, reader, scanned, staff, stored_file
from tests.images import shipped
from workflow.models import Instance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
JPEG_LS, PLAIN = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1"


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def client(server: Any, viewer: Viewer) -> DICOMwebClient:
    session = requests.Session()
    session.auth = Bearer(viewer.token)
    return DICOMwebClient(url=f"{server.url}{API}/{viewer.root}", session=session)


def uids(row: dict[str, Any]) -> tuple[str, str, str]:
    return tuple(row[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))  # type: ignore[return-value]


def originals() -> dict[str, Path]:
    """The shipped files by their digest."""
    return {f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}": path for path in shipped(*FILES)}


def pairs(rows: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str, str], Instance, Path]]:
    """Each image that is listed, its row, and the file that it came from."""
    known = originals()
    for row in rows:
        found = uids(row)
        instance = Instance.objects.get(uid=found[2])
        yield found, instance, known[instance.original_digest]


def test_a_foreign_client_fetches_every_kind_of_image_as_it_was_sent(
    images_folder: Path, live_server: Any
) -> None:
    scanned(*FILES)
    web = client(live_server, staff())
    assert len(web.search_for_studies()) == len(web.search_for_series()) == len(FILES)
    rows = web.search_for_instances()
    assert len(rows) == len(FILES)
    for (study, series, uid), instance, original in pairs(rows):
        sent = pixel_array(original)
        shape = sent.shape if len(instance.frames) > 1 else (1, *sent.shape)
        numbers = list(range(1, len(instance.frames) + 1))
        frames = web.retrieve_instance_frames(study, series, uid, numbers)
        assert b"".join(frames) == plain(sent.reshape(shape)), original.name
        whole = web.retrieve_instance(study, series, uid, media_types=(("application/dicom", PLAIN),))
        assert whole.file_meta.TransferSyntaxUID == PLAIN
        assert np.array_equal(whole.pixel_array, sent), original.name
        told = pydicom.Dataset.from_json(
            web.retrieve_instance_metadata(study, series, uid),
            # The client names a host without its port, so that the address comes back without it.
            bulk_data_uri_handler=lambda at: b"".join(
                web.retrieve_bulkdata(at.replace("http://localhost/", f"{live_server.url}/"))
            ),
        )
        assert (told.SOPInstanceUID, told.Rows, told.Columns) == (uid, whole.Rows, whole.Columns)
        assert told.PixelData.rstrip(b"\0") == whole.PixelData.rstrip(b"\0")


def plain(frames: Any) -> bytes:
    """Frame by frame as explicit little-endian has them; single bits packed, each frame from a byte of its own."""
    if set(np.unique(frames)) <= {0, 1} and frames.dtype == np.uint8:
        return b"".join(np.packbits(one.ravel(), bitorder="little").tobytes() for one in frames)
    return np.ascontiguousarray(frames.astype(frames.dtype.newbyteorder("<"))).tobytes()


def test_frames_come_as_they_lie_in_the_stored_file_if_that_is_asked_for(
    images_folder: Path, live_server: Any
) -> None:
    scanned("CT_small.dcm", "examples_ybr_color.dcm")
    web = client(live_server, staff())
    for row in web.search_for_instances():
        study, series, uid = uids(row)
        instance = Instance.objects.get(uid=uid)
        stored = stored_file(instance).read_bytes()
        numbers = [1, len(instance.frames)]
        wanted = [stored[at : at + length] for at, length in (instance.frames[n - 1] for n in numbers)]
        frames = web.retrieve_instance_frames(
            study, series, uid, numbers, media_types=(("image/jls", JPEG_LS),)
        )
        assert frames == wanted
        [whole] = list(web.iter_series(study, series, media_types=(("application/dicom", "*"),)))
        assert whole.file_meta.TransferSyntaxUID == JPEG_LS
        assert np.array_equal(pixel_array(stored_file(instance)), whole.pixel_array)


def test_pictures_are_had_of_images_frames_and_series(images_folder: Path, live_server: Any) -> None:
    scanned("examples_ybr_color.dcm")
    web = client(live_server, staff())
    [row] = web.search_for_instances()
    study, series, uid = uids(row)
    size = (row["00280011"]["Value"][0], row["00280010"]["Value"][0])
    for picture in (
        web.retrieve_instance_rendered(study, series, uid, media_types=("image/png",)),
        web.retrieve_instance_frames_rendered(study, series, uid, [3], media_types=("image/jpeg",)),
        web.retrieve_series_rendered(study, series, media_types=("image/jpeg",)),
    ):
        assert opened(picture).size == size
    small = web.retrieve_instance_rendered(
        study, series, uid, media_types=("image/jpeg",), params={"viewport": "64,64"}
    )
    assert max(opened(small).size) == 64


def opened(picture: bytes) -> Image.Image:
    import io

    return Image.open(io.BytesIO(picture))


def test_a_reader_fetches_the_images_of_their_task_with_it(images_folder: Path, live_server: Any) -> None:
    chest = scanned("MR_small.dcm")
    web = client(live_server, reader(chest, "anna"))
    [row] = web.search_for_instances()
    study, series, uid = uids(row)
    [whole] = web.retrieve_study(study)
    assert (whole.StudyInstanceUID, whole.SeriesInstanceUID, whole.SOPInstanceUID) == (study, series, uid)
    assert whole.file_meta.MediaStorageSOPInstanceUID == uid
    [original] = shipped("MR_small.dcm")
    assert np.array_equal(whole.pixel_array, pixel_array(original))
    [told] = web.retrieve_series_metadata(study, series)
    assert told["00100020"]["Value"] == [whole.PatientID]
