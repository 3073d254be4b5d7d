"""The examples of a guideline: a title, words, and perhaps an image, as its document holds them."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .errors import NotFound

LARGEST: Final = 2 * 1024 * 1024  # bytes of one image
MAGIC: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
IMAGE: Final = (
    "The image of an example has a media_type (image/png or image/jpeg), its data in base64, at most 2 MiB, and alt:"
    " what is to be seen, in words."
)


@dataclass(frozen=True, slots=True)
class Example:
    """One example; `alt` is empty where it has no image."""

    number: int
    title: str
    text: str
    alt: str


def examples_of(document: dict[str, Any]) -> list[Example]:
    """The examples that a page can show; others are left to programs."""
    return [
        Example(number, str(one.get("title", "")), str(one.get("text", "")), _alt(one))
        for number, one in enumerate(document.get("examples") or [], 1)
        if isinstance(one, dict) and (one.get("title") or one.get("text") or _alt(one))
    ]


def image_of(document: dict[str, Any], number: int) -> tuple[str, bytes]:
    """The media type and bytes of an example's image; NotFound if it has none."""
    examples = document.get("examples") or []
    one = examples[number - 1] if 1 <= number <= len(examples) else None
    found = _decoded(one.get("image")) if isinstance(one, dict) else None
    if found is None:
        raise NotFound("This guideline has no such image.")
    return found


def example_faults(document: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What is wrong with the images of a document's examples, each with its place."""
    examples = document.get("examples")
    for number, one in enumerate(examples if isinstance(examples, list) else []):
        if isinstance(one, dict) and "image" in one and (_decoded(one["image"]) is None or not _alt(one)):
            yield {"path": f"/examples/{number}/image", "code": "bad_image", "message": IMAGE}


def _alt(one: dict[str, Any]) -> str:
    image = one.get("image")
    return str(image.get("alt") or "") if isinstance(image, dict) else ""


def _decoded(image: Any) -> tuple[str, bytes] | None:
    if not isinstance(image, dict):
        return None
    kind, data = image.get("media_type"), image.get("data")
    if kind not in MAGIC or not isinstance(data, str) or len(data) > LARGEST * 4 // 3 + 4:
        return None
    try:
        body = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    return (kind, body) if body.startswith(MAGIC[kind]) else None
