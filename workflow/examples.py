"""The examples of a guideline: a title, words, and perhaps an image, as its document holds them."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from .errors import InvalidInput, NotFound
from .reasons import fault

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


def new_example(*, title: str, text: str, alt: str, image: bytes | None) -> dict[str, Any]:
    """An example as a document holds it, its image made anew from its pixels; InvalidInput says what is wrong."""
    example: dict[str, Any] = {"title": title, "text": text}
    if image is None:
        return example
    from imaging.still import (  # here, so that only who sends a picture loads what reads it
        NoPicture,
        pixels_only,
    )

    try:
        media_type, body = pixels_only(image)
    except NoPicture as error:
        raise InvalidInput([fault("/example_image", "bad_image", str(error))]) from None
    if len(body) > LARGEST:
        message = "This picture has more than 2 MiB: make it smaller, or save it as JPEG."
        raise InvalidInput([fault("/example_image", "too_large", message)])
    if not alt:
        raise InvalidInput([fault("/example_alt", "missing", "Say in words what is to be seen.")])
    data = base64.b64encode(body).decode("ascii")
    return example | {"image": {"media_type": media_type, "data": data, "alt": alt}}


def abridged(examples: list[Any]) -> list[Any]:
    """Examples to be read and typed: instead of an image's data stands its digest."""
    return [_with_data(one, _digest) for one in examples]


def whole(examples: list[Any], before: list[Any]) -> list[Any]:
    """The reverse: each digest of an image that was there before is its data again; others stay, as faults."""
    known = {_digest(data): data for one in before if (data := _data(one)) is not None}
    return [_with_data(one, lambda data: known.get(data, data)) for one in examples]


def _with_data(one: Any, change: Callable[[str], str]) -> Any:
    data = _data(one)
    return one if data is None else one | {"image": one["image"] | {"data": change(data)}}


def _data(one: Any) -> str | None:
    image = one.get("image") if isinstance(one, dict) else None
    data = image.get("data") if isinstance(image, dict) else None
    return data if isinstance(data, str) else None


def _digest(data: str) -> str:
    return f"sha256:{hashlib.sha256(data.encode()).hexdigest()}"


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
