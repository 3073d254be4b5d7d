"""A frame as an answer: alone, or as the one part of a message."""

from imaging.web.multipart import Part, message_type, multipart

from .accepting import Offer
from .answers import FOR_EVER, Answer


def frame_answer(offer: Offer, data: bytes | bytearray, etag: str, address: str) -> Answer:
    """The bytes of a frame in the form that was chosen; `address` is where it can be had alone."""
    if not offer.in_parts:
        return Answer(offer.content_type, bytes(data), etag, FOR_EVER)
    message = b"".join(multipart([Part(offer.content_type, [bytes(data)], address)], etag))
    return Answer(message_type(offer.media_type, etag, offer.syntax), message, etag, FOR_EVER)
