"""In which forms images are given out, for how long they may be kept, and that nothing goes out unrecorded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from PIL import Image
from pydicom.pixels.utils import pixel_array

from audit.models import Access
from tests.api.dicomweb.scans import (
    Viewer,
    address_of,
    body,
    json_of,
    parts,
    reader,
    scanned,
    staff,
    stored_file,
)
from tests.images import shipped
from workflow.images.places import header_text
from workflow.models import Instance

pytestmark = pytest.mark.django_db(transaction=True)
JLS, PLAIN = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1"
MULTI = "multipart/related"
AS_BYTES, AS_JLS = "application/octet-stream; transfer-syntax=", f"image/jls; transfer-syntax={JLS}"


@pytest.fixture
def maria(images_folder: Path) -> Viewer:
    """The manager of one CT."""
    scanned("CT_small.dcm")
    return staff()


@pytest.fixture
def image(maria: Viewer) -> str:
    """The address of its image."""
    [row] = maria.json("/instances")
    return address_of(row)


def test_frames_come_in_the_form_that_is_accepted(maria: Viewer, image: str) -> None:
    instance = Instance.objects.get()
    [[offset, length]] = instance.frames
    stored = stored_file(instance).read_bytes()[offset : offset + length]
    plain = pixel_array(shipped("CT_small.dcm")[0]).tobytes()
    for accept, form, pixels in (
        ("*/*", AS_BYTES + PLAIN, plain),
        (f'{MULTI}; type="application/octet-stream"', AS_BYTES + PLAIN, plain),
        (f"{MULTI}; type=application/octet-stream; transfer-syntax=*", AS_BYTES + JLS, stored),
        (f'{MULTI}; type="image/jls"', AS_JLS, stored),
        (f'{MULTI}; type="image/jls"; transfer-syntax={JLS}', AS_JLS, stored),
        (f'{MULTI}; type="image/jp2";q=1, {MULTI}; type="image/*";q=0.5', AS_JLS, stored),
        (
            f'{MULTI}; type="image/jls";q=0.1, {MULTI}; type="application/octet-stream"',
            AS_BYTES + PLAIN,
            plain,
        ),
    ):
        answer = maria.get(f"{image}/frames/1", accept=accept)
        [(head, content)] = parts(answer)
        assert f"Content-Type: {form}" in head, accept
        assert content == pixels, accept
    for accept, pixels in (("application/octet-stream", plain), ("image/jls", stored), ("image/*", stored)):
        answer = maria.get(f"{image}/frames/1", accept=accept)
        assert (body(answer), answer["Content-Length"]) == (pixels, str(len(pixels)))
    by_address = maria.get(f"{image}/frames/1?accept=image/jls")
    assert body(by_address) == stored


def test_what_can_not_be_had_is_refused_with_what_can(maria: Viewer, image: str) -> None:
    for path, accept in (
        (f"{image}/frames/1", f'{MULTI}; type="image/jp2"'),
        (f"{image}/frames/1", "text/html"),
        (f"{image}/frames/1", f"{MULTI}; type=image/jls; transfer-syntax=1.2.840.10008.1.2.4.90"),
        (f"{image}/frames/1", "image/jls;q=0"),
        (image, f'{MULTI}; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5'),
        (f"{image}/metadata", f'{MULTI}; type="application/dicom+xml"'),
        (f"{image}/rendered", "video/mp4"),
        ("/studies", "text/html"),
    ):
        answer = maria.get(path, 406, accept=accept)
        assert answer["Content-Type"] == "application/problem+json"
        told = json_of(answer)
        assert told["code"] == "not_acceptable"
        assert "It can be had as " in told["detail"]
    for frames, status in (("0", 404), ("2", 404), ("x", 400), ("1,", 400), ("1,-1", 400)):
        maria.get(f"{image}/frames/{frames}", status)
    for query in (
        "window=1",
        "window=40,0",
        "window=40,400,round",
        "viewport=0,1",
        "viewport=9999,9999",
        "quality=0",
    ):
        assert json_of(maria.get(f"{image}/rendered?{query}", 400))["code"] == "bad_rendering"
    for path in ("00280010", "nothing", "00080018.0.00080018", "7FE00009"):
        maria.get(f"{image}/bulkdata/{path}", 404)


def test_pixels_may_be_kept_for_ever_and_come_once(maria: Viewer, image: str) -> None:
    for end in ("", "/frames/1", "/bulkdata/7FE00010", "/rendered", "/thumbnail", "/metadata"):
        first = maria.get(image + end)
        brief = end == "/metadata"
        assert first["Cache-Control"] == f"private, max-age={'60' if brief else '31536000, immutable'}", end
        assert {"Accept", "Authorization"} <= set(first["Vary"].split(", "))
        again = maria.get(image + end, 304, If_None_Match=first["ETag"])
        assert (body(again), again["ETag"]) == (b"", first["ETag"])
        maria.get(image + end, If_None_Match='"other"')
        head = maria.ask(image + end, "head")
        assert (head.status_code, head["ETag"], body(head)) == (200, first["ETag"], b"")
    forms = {
        maria.get(f"{image}/frames/1", accept=form)["ETag"]
        for form in ("*/*", "image/jls", "application/octet-stream")
    }
    assert len(forms) == 3


def test_pictures_are_windowed_cut_and_fitted(maria: Viewer, image: str) -> None:
    import io

    def picture(query: str, accept: str = "image/png") -> Any:
        answer = maria.get(f"{image}/rendered?{query}", accept=accept)
        assert answer["Content-Type"] == accept
        return Image.open(io.BytesIO(body(answer)))

    values = pixel_array(shipped("CT_small.dcm")[0]).astype(float) - 1024
    shown = np.asarray(picture("window=0,400,linear-exact"))
    assert np.abs(shown - np.clip(values / 400 + 0.5, 0, 1) * 255).max() <= 0.51
    assert np.array_equal(
        np.asarray(picture("window=0,400,linear-exact&viewport=64,64,32,16,64,64")), shown[16:80, 32:96]
    )
    assert picture("viewport=50,20", "image/jpeg").size == (20, 20)
    small, large = (len(body(maria.get(f"{image}/rendered?quality={q}"))) for q in (5, 95))
    assert small < large
    [(head, content)] = parts(
        maria.get(f"{image.rpartition('/instances')[0]}/rendered", accept=f"{MULTI}; type=image/png")
    )
    assert "image/png" in head
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), np.asarray(picture("")))
    assert max(Image.open(io.BytesIO(body(maria.get(f"{image}/thumbnail?viewport=32,32")))).size) == 32


def test_every_look_is_recorded_before_it_is_shown(images_folder: Path) -> None:
    chest = scanned("examples_ybr_color.dcm")
    maria = staff()
    [row] = maria.json("/instances")
    image = address_of(row)
    for end in ("/frames/2,5", "/metadata", "", "/rendered", "/thumbnail", "/bulkdata/7FE00010"):
        body(maria.get(image + end))
    maria.ask(f"{image}/frames/1", "head")
    maria.get(f"{image}/frames/99", 404)
    instance = Instance.objects.select_related("series__study").get()
    rows = list(Access.objects.order_by("id"))
    assert [(one.code, one.what, list(one.frames)) for one in rows] == [
        ("110112", "query", []),
        ("110103", "frames", [2, 5]),
        ("110103", "metadata", []),
        ("110103", "instance", []),
        ("110103", "rendered", [16]),
        ("110103", "thumbnail", [16]),
        ("110103", "bulkdata", []),
    ]
    case = chest.project.cases.get()
    for one in rows[1:]:
        assert (one.actor, one.role) == (chest.members["maria"].actor_id, "manager")
        assert (one.study, one.series) == (instance.series.study.uid, instance.series.uid)
        assert (one.instance, one.case_id, one.task_id) == (instance.pk, case.pk, None)


def test_files_go_out_piece_by_piece(images_folder: Path) -> None:
    scanned("examples_ybr_color.dcm")
    maria = staff()
    [row] = maria.json("/studies")
    for accept in ("*/*", f"{MULTI}; type=application/dicom; transfer-syntax=*"):
        answer = maria.get(address_of(row, 1), accept=accept)
        sizes = [len(piece) for piece in answer.streaming_content]
        assert sum(sizes) > 1_000_000
        assert max(sizes) <= 1 << 20


def test_a_readers_looks_are_recorded_under_stored_names_with_their_task(images_folder: Path) -> None:
    chest = scanned("CT_small.dcm")
    anna = reader(chest, "anna")
    [row] = anna.json("/instances")
    body(anna.get(f"{address_of(row)}/frames/1"))
    one = Access.objects.get(what="frames")
    instance = Instance.objects.select_related("series__study").get()
    assert (one.series, one.instance) == (instance.series.uid, instance.pk)
    assert (str(one.task_id), one.case_id) == (anna.root.rpartition("/")[2], chest.project.cases.get().pk)


def test_what_can_not_be_recorded_is_not_shown(
    maria: Viewer, image: str, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("REVOKE INSERT ON audit_access FROM consilium_app")
    owner_connection.commit()
    for path in ("/studies", image, f"{image}/frames/1", f"{image}/metadata", f"{image}/rendered"):
        answer = maria.get(path, 503)
        assert json_of(answer)["code"] == "access_not_recorded"


def test_a_frame_takes_few_queries(
    images_folder: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    chest = scanned("CT_small.dcm")
    anna = reader(chest, "anna")
    [row] = anna.json("/instances")
    for viewer, first, further in ((anna, 5, 1), (staff(), 3, 3)):
        [row] = viewer.json("/instances")
        for most in (first, further):
            with django_assert_max_num_queries(most):
                viewer.get(f"{address_of(row)}/frames/1", accept="image/jls")


def test_headers_are_kept_beside_the_file_from_the_first_and_made_anew_where_they_are_gone(
    maria: Viewer, image: str
) -> None:
    instance = Instance.objects.get()
    kept = header_text(instance.project_id, instance.pk)
    assert kept.is_file()
    first = body(maria.get(f"{image}/metadata"))
    kept.unlink()
    assert body(maria.get(f"{image}/metadata")) == first
    stored_file(instance).unlink()
    for end in ("", "/metadata", "/frames/1", "/rendered", "/bulkdata/7FE00010"):
        assert json_of(maria.get(image + end, 404))["code"] == "not_found"
