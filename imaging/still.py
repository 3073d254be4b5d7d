"""A still picture that somebody sends: read as PNG or JPEG, and made anew from its pixels alone."""

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

PNG, JPEG = "image/png", "image/jpeg"
MEDIA_TYPES: Final = {"PNG": PNG, "JPEG": JPEG}
MOST_PIXELS: Final = 25_000_000
QUALITY: Final = 92  # of a JPEG that is made anew


class NoPicture(ValueError):
    """The bytes are no picture that is taken; its text is a sentence."""


def pixels_only(body: bytes) -> tuple[str, bytes]:
    """Media type and bytes of the same picture without anything beside its pixels; NoPicture with a sentence.

    16 bits become 8; a JPEG that was turned by its header is turned in its pixels.
    """
    try:
        with Image.open(io.BytesIO(body), formats=tuple(MEDIA_TYPES)) as given:
            kind = str(given.format)
            if given.width * given.height > MOST_PIXELS:
                raise NoPicture("This picture has more than 25 million pixels: make it smaller.")
            picture = _plain(ImageOps.exif_transpose(given))
    except NoPicture:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise NoPicture("This is no whole PNG or JPEG file.") from None
    return MEDIA_TYPES[kind], _encoded(picture, kind)


def _plain(picture: Image.Image) -> Image.Image:
    """In grey, colours, or colours that may be seen through: on a new sheet, which has no metadata."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    opaque = "L" if picture.mode in ("1", "L") else "RGB"
    mode = "RGBA" if picture.has_transparency_data else opaque
    sheet = Image.new(mode, picture.size)
    sheet.paste(picture.convert(mode))
    return sheet


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    else:
        picture.save(out, "PNG", optimize=True)
    return out.getvalue()
