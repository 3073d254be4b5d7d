"""The log key: held by the sealer alone, in a file of mode 0400 or behind a command that signs.

Never in the database, the settings, a web or a worker process.
"""

import os
import shlex
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_SIZE = 32


class KeyProblem(Exception):
    """The log key can't be used; the sentence says what to do."""


class Signer(Protocol):
    """Whatever signs bytes with the log key."""

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that verifies."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature (RFC 8032)."""


class FileSigner:
    """The private key in a file that nobody else may read: base64 of its 32 bytes."""

    def __init__(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode
            raw = b64decode(path.read_text().strip(), validate=True)
        except (OSError, ValueError) as error:
            raise KeyProblem(
                f"The log key in {path} can't be read ({error}). See docs/operations.md."
            ) from None
        if mode & 0o077:
            raise KeyProblem(
                f"The log key in {path} is open to others: chmod 0400 it, and think of rotating it."
            )
        if len(raw) != KEY_SIZE:
            raise KeyProblem(f"{path} holds no Ed25519 key of 32 bytes.")
        self._key = Ed25519PrivateKey.from_private_bytes(raw)

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that verifies."""
        return self._key.public_key()

    def sign(self, message: bytes) -> bytes:
        """Sign in this process."""
        return self._key.sign(message)


class CommandSigner:
    """A command that reads bytes and writes their signature: covers PKCS#11, key services and hardware."""

    def __init__(self, command: str, public_key: str) -> None:
        self._command = shlex.split(command)
        try:
            self._public = Ed25519PublicKey.from_public_bytes(b64decode(public_key, validate=True))
        except ValueError:
            raise KeyProblem(
                "LOG_PUBLIC_KEY must be base64 of the 32 bytes of the Ed25519 public key."
            ) from None

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that verifies."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Ask the command; what it answers is verified before it is used."""
        try:
            done = subprocess.run(self._command, input=message, capture_output=True, timeout=30, check=False)
            if done.returncode:
                raise KeyProblem(f"The signer command ended with {done.returncode}.")
            self._public.verify(done.stdout, message)
        except (OSError, subprocess.TimeoutExpired, InvalidSignature) as error:
            raise KeyProblem(f"The signer command gave no good signature ({type(error).__name__}).") from None
        return done.stdout


def make_key(path: Path) -> None:
    """Make a new log key; an existing one is never overwritten."""
    raw = Ed25519PrivateKey.generate().private_bytes_raw()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b64encode(raw))


def signer_from(key_file: str, command: str, public_key: str) -> Signer:
    """The signer that the settings name: LOG_SIGNER with LOG_PUBLIC_KEY, or LOG_KEY_FILE."""
    if command:
        return CommandSigner(command, public_key)
    if not key_file:
        raise KeyProblem("The sealer needs LOG_KEY_FILE, or LOG_SIGNER with LOG_PUBLIC_KEY.")
    return FileSigner(Path(key_file))
