"""The project's log for whoever checks it: signed heads, sealed events, proofs."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project, acting_on_case
from api.fields import Input
from api.pagination import Cursor
from audit.models import Leaf
from provenance import proofs
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb
from workflow.queries import readable_events

from .base import View, operation

LARGEST = 2**53 - 1
NOT_SEALED = frozenset({409})  # the log, or what is asked for, has no signed head yet


def hashed(value: bytes) -> str:
    """A hash as this API writes them."""
    return f"sha256:{value.hex()}"


class HeadOut(serializers.Serializer[Any]):
    """A signed head (C2SP tlog-checkpoint): keep `note` outside this service, and hold what comes later against it."""

    origin = serializers.CharField()
    size = serializers.IntegerField()
    vars()["root"] = serializers.CharField()  # the framework has a property of this name
    note = serializers.CharField()
    vkey = serializers.CharField()
    refused_code = serializers.CharField(allow_blank=True)
    refused_because = serializers.CharField(allow_blank=True)


class SealedOut(serializers.Serializer[Any]):
    """A sealed event: SHA-256(0x00 ‖ body) is its leaf hash; `body` is the canonical JSON, as it was hashed."""

    leaf_index = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    body = serializers.CharField()


class InclusionOut(serializers.Serializer[Any]):
    """RFC 6962 §2.1.1: with `hashes`, lowest first, the leaf leads to the root."""

    leaf_index = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    size = serializers.IntegerField()
    vars()["root"] = serializers.CharField()  # the framework has a property of this name
    hashes = serializers.ListField(child=serializers.CharField())


class ConsistencyOut(serializers.Serializer[Any]):
    """RFC 6962 §2.1.2: with `hashes`, the old root leads to the new one."""

    old_size = serializers.IntegerField()
    old_root = serializers.CharField()
    new_size = serializers.IntegerField()
    new_root = serializers.CharField()
    hashes = serializers.ListField(child=serializers.CharField())


class CaseProofOut(InclusionOut):
    """The case's last sealed event, which covers all before it; `tlog_proof` is the same as a file (C2SP)."""

    tlog_proof = serializers.CharField()


class HeadFilter(Input):
    """Which head: the newest, or that of a size."""

    size = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class SealedFilter(Input):
    """Which events: from a place on, of one case, of one action."""

    start = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)
    case = serializers.UUIDField(required=False)
    action = serializers.CharField(required=False, max_length=60)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class InclusionFilter(HeadFilter):
    """Which leaf: its place in the log, or the event's id."""

    leaf = serializers.CharField(max_length=36)

    def validate_leaf(self, text: str) -> int | UUID:
        """The place or the id."""
        try:
            return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else UUID(text)
        except ValueError:
            raise serializers.ValidationError(
                "Name a leaf by its place in the log, or by its event's id."
            ) from None


class ConsistencyFilter(Input):
    """Between which signed heads; `to` is the newest unless it is said."""

    vars()["from"] = serializers.IntegerField(min_value=1, max_value=LARGEST)
    to = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class LogHead(View):
    """The signed head."""

    problems = NOT_SEALED

    @operation(operation_id="get_checkpoint", parameters=[HeadFilter], responses=HeadOut)
    def get(self, request: Request, slug: str) -> Response:
        """The newest signed head of the log, or that of `size`; and why none is signed now, if that is so."""
        project = _project(request, slug, Kind.CHECKPOINT)
        head = proofs.head_of(project, self.asked(request, HeadFilter).get("size"))
        shown = {name: getattr(head, name) for name in ("origin", "size", "note", "vkey")}
        refused = {"refused_code": head.code, "refused_because": head.sentence}
        return Response({**shown, "root": hashed(head.root), **refused})


class LogEvents(View):
    """What was sealed."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("leaf_index",)

    @operation(operation_id="list_events", parameters=[SealedFilter], responses=SealedOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Sealed events in the order of the log. Those of cases in which you play a part are left out."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person()
        asked = self.asked(request, SealedFilter)
        names = {"start": "leaf_index__gte", "case": "event__stream_id", "action": "event__action"}
        conditions = {names[key]: value for key, value in asked.items() if key in names}
        sealed = Leaf.objects.filter(
            log=member.project.log_id, event__in=readable_events(member), **conditions
        )
        cursor = Cursor()
        page = cursor.paginate_queryset(sealed.select_related("event"), request, view=self)
        return cursor.get_paginated_response([_sealed(leaf) for leaf in page])


class InclusionProof(View):
    """That an event is in the log."""

    problems = NOT_SEALED

    @operation(operation_id="prove_inclusion", parameters=[InclusionFilter], responses=InclusionOut)
    def get(self, request: Request, slug: str) -> Response:
        """Prove that a leaf stands under the newest signed head, or under that of `size`."""
        project = _project(request, slug, Kind.LOG)
        asked = self.asked(request, InclusionFilter)
        return Response(_included(proofs.inclusion(project, asked["leaf"], asked.get("size"))))


class ConsistencyProof(View):
    """That the log only grew."""

    problems = NOT_SEALED

    @operation(operation_id="prove_consistency", parameters=[ConsistencyFilter], responses=ConsistencyOut)
    def get(self, request: Request, slug: str) -> Response:
        """Prove that what was signed at one size is the beginning of what was signed at another."""
        project = _project(request, slug, Kind.CHECKPOINT)
        asked = self.asked(request, ConsistencyFilter)
        proof = proofs.consistency(project, asked["from"], asked.get("to"))
        return Response(
            {
                "old_size": proof.old.size,
                "old_root": hashed(proof.old.root),
                "new_size": proof.new.size,
                "new_root": hashed(proof.new.root),
                "hashes": [hashed(node) for node in proof.hashes],
            }
        )


class CaseProof(View):
    """That a case's history is in the log."""

    problems = NOT_SEALED

    @operation(operation_id="prove_case", responses=CaseProofOut)
    def get(self, request: Request, case_id: UUID) -> Response:
        """Prove that the case's history up to its last sealed event stands under the newest signed head."""
        acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE)
        found, text = proofs.proof_of_case(Case.objects.select_related("project").get(pk=case_id))
        return Response({**_included(found), "tlog_proof": text})


def _project(request: Request, slug: str, kind: Kind) -> Project:
    return acting_in_project(request, slug, Verb.SEE, kind).person().project


def _sealed(leaf: Leaf) -> dict[str, Any]:
    body = bytes(leaf.event.body).decode()
    return {"leaf_index": leaf.leaf_index, "leaf_hash": hashed(bytes(leaf.leaf_hash)), "body": body}


def _included(proof: proofs.Inclusion) -> dict[str, Any]:
    return {
        "leaf_index": proof.index,
        "leaf_hash": hashed(proof.leaf),
        "size": proof.size,
        "root": hashed(proof.root),
        "hashes": [hashed(node) for node in proof.hashes],
    }
