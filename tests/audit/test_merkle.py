"""The Merkle tree against RFC 6962's published trees, and against itself for all small sizes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "audit.json").read_text(encoding="utf-8"))
HASHER = VECTORS["rfc6962_hasher"]
REFERENCE = VECTORS["rfc6962_reference_8"]
REFERENCE_LEAVES = [leaf_hash(bytes.fromhex(row["leaf_hex"])) for row in REFERENCE]

MOST = 64
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
ROOTS = [root(LEAVES[:size]) for size in range(MOST + 1)]
OTHER = leaf_hash(b"something else")


def unhex(hashes):
    return [bytes.fromhex(item) for item in hashes]


def mutations(proof):
    """Every proof that is one small step from this one."""
    yield [*proof, OTHER]
    yield [OTHER, *proof]
    for place, item in enumerate(proof):
        yield proof[:place] + proof[place + 1 :]
        yield [*proof[: place + 1], *proof[place:]]
        yield [*proof[:place], bytes([item[0] ^ 1]) + item[1:], *proof[place + 1 :]]
        yield [*proof[:place], item[:-1] + bytes([item[-1] ^ 0x80]), *proof[place + 1 :]]
        yield [*proof[:place], item[:-1], *proof[place + 1 :]]
        if place and proof[place - 1] != item:
            yield [*proof[: place - 1], item, proof[place - 1], *proof[place + 1 :]]


def test_the_hasher_gives_the_published_hashes():
    assert root([]).hex() == EMPTY_ROOT.hex() == HASHER["empty_root"]
    assert leaf_hash(b"").hex() == HASHER["leaf_of_empty_string"]
    assert leaf_hash(b"L123456").hex() == HASHER["leaf_of_ascii_L123456"]
    assert node_hash(b"N123", b"N456").hex() == HASHER["node_of_ascii_N123_N456"]


@pytest.mark.parametrize("index", range(8))
def test_the_published_tree_has_its_leaf_hashes_and_roots(index):
    assert REFERENCE_LEAVES[index].hex() == REFERENCE[index]["leaf_hash_hex"]
    assert root(REFERENCE_LEAVES[: index + 1]).hex() == REFERENCE[index]["root_of_first_n_hex"]


@pytest.mark.parametrize("case", VECTORS["rfc6962_inclusion"], ids=lambda c: f"{c['index']} in {c['size']}")
def test_published_inclusion_proofs_are_made_and_verified(case):
    index, size, proof = case["index"], case["size"], unhex(case["proof"])
    assert inclusion_proof(REFERENCE_LEAVES[:size], index) == proof
    assert verify_inclusion(REFERENCE_LEAVES[index], index, size, proof, bytes.fromhex(case["root"]))


@pytest.mark.parametrize(
    "case", VECTORS["rfc6962_consistency"], ids=lambda c: f"{c['size1']} to {c['size2']}"
)
def test_published_consistency_proofs_are_made_and_verified(case):
    old, new, proof = case["size1"], case["size2"], unhex(case["proof"])
    roots = bytes.fromhex(case["root1"]), bytes.fromhex(case["root2"])
    assert consistency_proof(REFERENCE_LEAVES[:new], old) == proof
    assert verify_consistency(old, new, *roots, proof)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_is_proved_and_no_other(size):
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
        assert not verify_inclusion(OTHER, index, size, proof, ROOTS[size])
        assert not verify_inclusion(LEAVES[index], index, size, proof, OTHER)
        for other in {index - 1, index + 1, index ^ 2, index + size, -1, size} - {index}:
            assert not verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 32, 33, 63, 64])
def test_no_mutated_inclusion_proof_verifies(size):
    for index in range(size):
        for proof in mutations(inclusion_proof(LEAVES[:size], index)):
            assert not verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("new", range(MOST + 1))
def test_every_earlier_tree_is_proved_and_no_other(new):
    for old in range(new + 1):
        proof = consistency_proof(LEAVES[:new], old)
        assert verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
        assert not verify_consistency(old, new, OTHER, ROOTS[new], proof)
        if old:
            assert not verify_consistency(old, new, ROOTS[old], OTHER, proof)
            assert not verify_consistency(old - 1, new, ROOTS[old], ROOTS[new], proof)
            assert not verify_consistency(old + 1, new, ROOTS[old], ROOTS[new], proof)
        if old < new:
            assert not verify_consistency(new, old, ROOTS[new], ROOTS[old], proof)


@pytest.mark.parametrize("new", [1, 2, 3, 5, 8, 13, 32, 33, 63, 64])
def test_no_mutated_consistency_proof_verifies(new):
    for old in range(1, new + 1):
        for proof in mutations(consistency_proof(LEAVES[:new], old)):
            assert not verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


def test_from_size_0_only_the_empty_root_and_the_empty_proof_are_accepted():
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    assert not verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [OTHER])
    assert not verify_consistency(0, 5, OTHER, ROOTS[5], [])
    assert not verify_consistency(0, 0, OTHER, OTHER, [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, OTHER, [])


ODD = st.one_of(
    st.none(), st.integers(), st.booleans(), st.floats(), st.text(max_size=3), st.binary(max_size=33),
    st.just(OTHER), st.lists(st.just(OTHER) | st.binary(max_size=33) | st.none(), max_size=8),
)  # fmt: skip


@given(ODD, ODD, ODD, ODD, ODD)
def test_verifying_rubbish_answers_no_and_never_raises(first, second, third, fourth, fifth):
    assert verify_inclusion(first, second, third, fourth, fifth) in (False, first == fifth)
    assert verify_consistency(first, second, third, fourth, fifth) in (False, third == fourth)


def test_proofs_of_what_is_not_there_are_refused():
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(LEAVES[:3], index)
    for size in (-1, 4):
        with pytest.raises(ValueError, match="no earlier tree"):
            consistency_proof(LEAVES[:3], size)


def test_a_frontier_has_the_root_of_its_tree_at_every_size():
    frontier = Frontier()
    assert frontier.root() == ROOTS[0]
    for size, leaf in enumerate(LEAVES, start=1):
        frontier.append(leaf)
        assert frontier.root() == ROOTS[size]
        assert (frontier.size, len(frontier.hashes)) == (size, size.bit_count())


def test_a_stored_frontier_grows_on():
    frontier = Frontier()
    for leaf in LEAVES[:37]:
        frontier.append(leaf)
    stored = Frontier(frontier.size, frontier.hashes)
    stored.append(LEAVES[37])
    assert stored.root() == ROOTS[38]
    assert frontier.root() == ROOTS[37]


@pytest.mark.parametrize(("size", "hashes"), [(-1, [OTHER]), (1, []), (2, [OTHER, OTHER]), (1, [b"short"])])
def test_a_frontier_that_fits_no_tree_is_refused(size, hashes):
    with pytest.raises(ValueError, match="not the frontier"):
        Frontier(size, hashes)


def test_a_frontier_takes_only_hashes():
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier().append(b"not a hash")
