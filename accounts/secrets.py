"""Encrypts what proves a second factor, so that a copy of the database is not enough to sign in."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "consilium.accounts.second-factor"


class SecretUnreadable(Exception):
    """The secret was encrypted under a SECRET_KEY that is gone: name it in SECRET_KEY_FALLBACKS."""


def encrypt(text: str) -> str:
    """The text under a key made from SECRET_KEY."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text that encrypt took; SecretUnreadable if neither SECRET_KEY nor a fallback made it."""
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable(SecretUnreadable.__doc__) from None


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest()))
