"""Still pictures: only pixels are kept, and what is no picture is refused with a sentence."""

import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from imaging.still import MOST_PIXELS, NoPicture, pixels_only

SECRET = "Doe^Jane"


def encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    picture.save(out := io.BytesIO(), kind, **how)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def test_a_png_keeps_its_pixels_and_nothing_else() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Patient", SECRET)
    picture = Image.effect_noise((9, 7), 60)
    kind, body = pixels_only(encoded(picture, "PNG", pnginfo=words))
    assert (kind, SECRET.encode() in body) == ("image/png", False)
    assert opened(body).tobytes() == picture.tobytes()
    assert opened(body).info == {}


def test_a_jpeg_is_turned_as_its_header_says_and_loses_it() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET  # turned by a quarter; a description
    kind, body = pixels_only(encoded(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif, comment=SECRET))
    assert (kind, SECRET.encode() in body) == ("image/jpeg", False)
    assert opened(body).size == (20, 40)
    assert not opened(body).getexif()
    assert "comment" not in opened(body).info


@pytest.mark.parametrize(
    ("mode", "kept"), [("1", "L"), ("P", "RGB"), ("LA", "RGBA"), ("RGBA", "RGBA"), ("I;16", "L")]
)
def test_pictures_of_other_kinds_come_out_as_browsers_show_them(mode: str, kept: str) -> None:
    picture = Image.new(mode, (4, 3))
    assert opened(pixels_only(encoded(picture, "PNG"))[1]).mode == kept


def test_sixteen_bits_become_eight() -> None:
    picture = Image.new("I;16", (2, 1))
    picture.putpixel((1, 0), 0x8000)
    made = opened(pixels_only(encoded(picture, "PNG"))[1])
    assert [made.getpixel((at, 0)) for at in (0, 1)] == [0, 128]


@pytest.mark.parametrize(
    "body", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(NoPicture, match="no whole PNG or JPEG"):
        pixels_only(body)


def test_a_picture_that_was_cut_off_or_is_a_gif_or_too_large_is_refused() -> None:
    whole = encoded(Image.effect_noise((60, 60), 60), "PNG")
    for body in (whole[:-900], encoded(Image.new("L", (4, 4)), "GIF")):
        with pytest.raises(NoPicture, match="no whole PNG or JPEG"):
            pixels_only(body)
    side = int(MOST_PIXELS**0.5) + 1
    with pytest.raises(NoPicture, match="25 million"):
        pixels_only(encoded(Image.new("1", (side, side)), "PNG"))
