"""The keys of a project, each derived for one purpose from a key that is in no database.

HKDF-SHA-256 (RFC 5869) derives them, AES-256-GCM (NIST SP 800-38D) seals; a sealed value says nothing but its length.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from workflow.errors import DomainError

_NONCE: Final = 12


class NotOpened(DomainError):
    """This can't be opened with the key that the service has. Start it with the key that the project began with."""

    code, status = "wrong_images_key", 500


def pseudonym_key(project_id: UUID) -> bytes:
    """The 32 bytes from which a project's pseudonyms, UIDs and date shifts are made."""
    return derived("pseudonyms", project_id)


def seal(purpose: str, project_id: UUID, value: bytes) -> bytes:
    """A value that only the holder of the key can read, bound to the project and the purpose."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(derived(purpose, project_id)).encrypt(nonce, value, _bound(purpose, project_id))


def unseal(purpose: str, project_id: UUID, sealed: bytes) -> bytes:
    """What was sealed; NotOpened by another key, or if it was changed."""
    key = AESGCM(derived(purpose, project_id))
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(purpose, project_id))
    except InvalidTag:
        raise NotOpened() from None


def derived(purpose: str, project_id: UUID) -> bytes:
    """A key of 32 bytes for one purpose of one project; NotOpened where the service was started without its key."""
    if not settings.IMAGES_KEY:
        raise NotOpened()  # what is derived from nothing, anybody derives
    return HKDF(SHA256(), 32, None, _bound(purpose, project_id)).derive(bytes.fromhex(settings.IMAGES_KEY))


def _bound(purpose: str, project_id: UUID) -> bytes:
    return f"consilium/v1/{purpose}/{project_id}".encode()
