"""Pictures to look at: small enough, bright where they should be, and nothing in the file but pixels."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imaging.preview import preview, thumbnail
from tests.imaging.made import ramp


def seen(png: bytes) -> Any:
    """The picture's values."""
    return np.asarray(Image.open(BytesIO(png)))


@pytest.mark.parametrize("shape", [(2000, 700), (40, 3000), (1, 1), (256, 256), (3, 900)])
def test_a_thumbnail_has_256_pixels_at_most(shape: tuple[int, int]) -> None:
    picture = seen(thumbnail(ramp(*shape), None))

    assert max(picture.shape) <= 256
    assert min(picture.shape) >= 1


def test_a_preview_has_every_pixel() -> None:
    assert seen(preview(ramp(300, 400), None)).shape == (300, 400)


def test_the_window_is_in_values_of_the_modality() -> None:
    frame = np.array([[0, 1000, 1040, 1080, 2000]], np.int16)

    assert seen(preview(frame, ["40", "80"], slope="1", intercept="-1000")).tolist() == [
        [0, 0, 128, 255, 255]
    ]


def test_low_values_are_bright_where_they_should_be() -> None:
    frame = np.array([[0, 255]], np.uint8)

    assert seen(preview(frame, None)).tolist() == [[0, 255]]
    assert seen(preview(frame, None, inverted=True)).tolist() == [[255, 0]]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int16, np.uint32])
def test_colours_of_any_width_are_shown(kind: Any) -> None:
    frame = np.zeros((5, 6, 3), kind)

    assert seen(thumbnail(frame, None)).shape == (5, 6, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0, 1e30])
def test_values_that_are_none_do_no_harm(value: float) -> None:
    frame = np.full((4, 4), value, np.float32)

    assert seen(thumbnail(frame, None)).shape == (4, 4)


def test_a_picture_holds_nothing_but_its_pixels() -> None:
    data, chunks, place = thumbnail(ramp(), None), [], 8
    while place < len(data):
        chunks.append(data[place + 4 : place + 8])
        place += 12 + int.from_bytes(data[place : place + 4], "big")

    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
