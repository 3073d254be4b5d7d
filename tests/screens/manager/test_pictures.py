"""Images that came in, as a manager looks at them: small, and in full to read what may stand in them."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pydicom import dcmread

from tests.images import imported, shipped
from tests.people import Study, study
from tests.screens.desk import Desk
from workflow.models import Instance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]


@pytest.fixture
def chest() -> Study:
    return study()


def fetched(name: str, instance: Instance, what: str, status: int = 200, **query: Any) -> Image.Image | None:
    answer: Any = Desk(name).http.get(f"/projects/chest/images/{instance.pk}/{what}", query)
    assert answer.status_code == status
    if status != 200:
        return None
    assert answer.headers["Cache-Control"] == "private, no-store"
    return Image.open(BytesIO(b"".join(answer) if answer.streaming else answer.content))


def test_an_image_is_seen_small_and_in_full(chest: Study) -> None:
    (path,) = shipped("MR_small.dcm")
    imported(chest, path)
    image, header = Instance.objects.get(), dcmread(path)
    small, full = fetched("maria", image, "thumbnail"), fetched("maria", image, "preview")
    assert full is not None
    assert small is not None
    assert full.size == (header.Columns, header.Rows)
    assert max(small.size) <= 256
    low, high = full.getextrema()
    assert low < high  # something is to be seen
    for name in ("aud", "anna"):
        fetched(name, image, "preview", 403)


def test_each_frame_of_a_cine_can_be_looked_at(chest: Study) -> None:
    (path,) = shipped("color3d_jpeg_baseline.dcm")
    imported(chest, path)
    image = Instance.objects.get()
    last = len(image.frames) - 1
    seen = [fetched("maria", image, "preview", frame=frame) for frame in (0, last)]
    assert [one.mode for one in seen if one] == ["RGB", "RGB"]
    for frame in (last + 1, "x", "-1"):
        fetched("maria", image, "preview", 404, frame=frame)


def test_what_is_too_large_to_show_is_said(chest: Study) -> None:
    imported(chest, *shipped("CT_small.dcm"))
    image = Instance.objects.get()
    image.facts = {**image.facts, "rows": 10_000}
    from imaging.pictures import TooLargeToShow, picture
    from workflow.images.looking import file_of

    with pytest.raises(TooLargeToShow):
        picture(file_of(image), 0, image.facts | {"columns": 10_000})
