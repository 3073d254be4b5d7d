"""How one file is taken in: very large frames, and what is looked for in them."""

import numpy as np
from PIL import Image, ImageDraw

from imaging.worker.preparing import LOOKED_AT_ONCE, looked_over
from tests.imaging.made import header


def test_text_far_down_a_very_large_frame_is_found_where_it_lies() -> None:
    picture = Image.new("L", (5000, 5000))
    ImageDraw.Draw(picture).text((200, 4800), "DOE JANE 19500101", fill=255, font_size=24)
    frame = np.asarray(picture)
    assert frame.size > LOOKED_AT_ONCE

    told = looked_over(header(modality="DX"), frame)

    assert len(told) > 1
    boxes = [box for one in told for box in one["boxes"]]
    assert boxes
    assert all(4790 <= box[0] < box[2] <= 4840 and 190 <= box[1] < box[3] <= 600 for box in boxes)


def test_an_ordinary_frame_is_looked_at_once() -> None:
    assert len(looked_over(header(modality="DX"), np.zeros((4000, 3000), np.uint16))) == 1
    assert len(looked_over(header(modality="DX"), np.zeros((1, 1), np.uint16))) == 1
