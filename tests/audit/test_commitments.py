"""Commitments: what they bind, and what they keep apart."""

import hashlib

import pytest

from audit.canonical import CanonicalError
from audit.commitments import commit, new_salt

SALT = bytes(range(32))


def test_a_commitment_is_the_hash_of_exactly_these_bytes():
    data = b"consilium/v1/commit/person\n" + SALT + b'{"name":"Dr D. Senior"}'
    assert commit("person", {"name": "Dr D. Senior"}, SALT) == "sha256:" + hashlib.sha256(data).hexdigest()


def test_another_kind_value_or_salt_gives_another_commitment():
    commitments = {commit(kind, "x", SALT) for kind in ("person", "text", "signature", "ip")}
    commitments |= {commit("text", "y", SALT), commit("text", "x", new_salt()), commit("text", ["x"], SALT)}
    assert len(commitments) == 7


def test_salts_are_long_and_never_the_same():
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}


@pytest.mark.parametrize("kind", ["", "name", "text\n", None])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match="kind"):
        commit(kind, "x", SALT)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33), "a" * 32])
def test_a_salt_of_another_length_is_refused(salt):
    with pytest.raises(ValueError, match="32 bytes"):
        commit("text", "x", salt)


def test_a_value_outside_the_canonical_profile_is_refused():
    with pytest.raises(CanonicalError):
        commit("text", 1.5, SALT)
