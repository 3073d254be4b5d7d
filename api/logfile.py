"""How the API writes signed heads, sealed events and proofs, and what may be asked of them."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.fields import Input
from audit.models import Leaf
from provenance import proofs

LARGEST = 2**53 - 1
LARGEST_EPOCH = 2**31 - 1


def hashed(value: bytes) -> str:
    """A hash as this API writes them."""
    return f"sha256:{value.hex()}"


class HeadOut(serializers.Serializer[Any]):
    """A signed head (C2SP tlog-checkpoint): keep `note` outside this service, and hold what comes later against it."""

    origin = serializers.CharField()
    epoch = serializers.IntegerField()
    size = serializers.IntegerField()
    vars()["root"] = serializers.CharField()  # the framework has a property of this name
    note = serializers.CharField()
    vkey = serializers.CharField()
    refused_code = serializers.CharField(allow_blank=True)
    refused_because = serializers.CharField(allow_blank=True)


class SealedOut(serializers.Serializer[Any]):
    """A sealed event: SHA-256(0x00 ‖ body) is its leaf hash; `body` is the canonical JSON, as it was hashed."""

    epoch = serializers.IntegerField()
    leaf_index = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    body = serializers.CharField()


class InclusionOut(serializers.Serializer[Any]):
    """RFC 6962 §2.1.1: with `hashes`, lowest first, the leaf leads to the root of its epoch's tree."""

    epoch = serializers.IntegerField()
    leaf_index = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    size = serializers.IntegerField()
    vars()["root"] = serializers.CharField()  # the framework has a property of this name
    hashes = serializers.ListField(child=serializers.CharField())


class ConsistencyOut(serializers.Serializer[Any]):
    """RFC 6962 §2.1.2: with `hashes`, the old root leads to the new one, both of one epoch."""

    epoch = serializers.IntegerField()
    old_size = serializers.IntegerField()
    old_root = serializers.CharField()
    new_size = serializers.IntegerField()
    new_root = serializers.CharField()
    hashes = serializers.ListField(child=serializers.CharField())


class CaseProofOut(InclusionOut):
    """The case's last sealed event, which covers all before it; `tlog_proof` is the same as a file (C2SP)."""

    tlog_proof = serializers.CharField()


class EpochFilter(Input):
    """Which of the log's epochs: the present one unless it is said (docs/decisions/0013-epochs.md)."""

    epoch = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_EPOCH)


class HeadFilter(EpochFilter):
    """Which head: the newest, or that of a size."""

    size = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class SealedFilter(EpochFilter):
    """Which events of an epoch: from a place on, of one case, of one action."""

    start = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)
    case = serializers.UUIDField(required=False)
    action = serializers.CharField(required=False, max_length=60)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class InclusionFilter(HeadFilter):
    """Which leaf: its place in the epoch's log, or the event's id, which is found in any epoch."""

    leaf = serializers.CharField(max_length=36)

    def validate_leaf(self, text: str) -> int | UUID:
        """The place or the id."""
        try:
            return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else UUID(text)
        except ValueError:
            raise serializers.ValidationError(
                "Name a leaf by its place in the log, or by its event's id."
            ) from None


class ConsistencyFilter(EpochFilter):
    """Between which signed heads; `to` is the newest unless it is said."""

    vars()["from"] = serializers.IntegerField(min_value=1, max_value=LARGEST)
    to = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


def sealed(leaf: Leaf) -> dict[str, Any]:
    """A sealed event; its event and its log must be selected."""
    body = bytes(leaf.event.body).decode()
    return {
        "epoch": leaf.log.epoch,
        "leaf_index": leaf.leaf_index,
        "leaf_hash": hashed(bytes(leaf.leaf_hash)),
        "body": body,
    }


def included(proof: proofs.Inclusion) -> dict[str, Any]:
    """A proof of inclusion."""
    return {
        "epoch": proof.epoch,
        "leaf_index": proof.index,
        "leaf_hash": hashed(proof.leaf),
        "size": proof.size,
        "root": hashed(proof.root),
        "hashes": [hashed(node) for node in proof.hashes],
    }
