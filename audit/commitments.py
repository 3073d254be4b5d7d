"""Salted commitments: the log can later prove a personal value without ever holding it."""

import hashlib
import secrets
from typing import Literal, get_args

from audit.canonical import canonical

Kind = Literal["person", "text", "signature", "ip"]

SALT_SIZE = 32


def new_salt() -> bytes:
    """Return 32 fresh random bytes; a salt used twice would let equal values be linked."""
    return secrets.token_bytes(SALT_SIZE)


def commit(kind: Kind, value: object, salt: bytes) -> str:
    """Return the commitment `sha256:<hex>` to a canonical value; ValueError on a wrong kind or salt.

    SHA-256("consilium/v1/commit/" ‖ kind ‖ LF ‖ salt ‖ canonical(value)); the kind keeps the purposes apart.
    """
    if kind not in get_args(Kind):
        raise ValueError("unknown kind of commitment")
    if not isinstance(salt, bytes) or len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes")
    prefix = f"consilium/v1/commit/{kind}\n".encode()
    return "sha256:" + hashlib.sha256(prefix + salt + canonical(value)).hexdigest()
