"""The project's log for whoever checks it: signed heads, sealed events, proofs."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project, acting_on_case
from api.logfile import (
    CaseProofOut,
    ConsistencyFilter,
    ConsistencyOut,
    HeadFilter,
    HeadOut,
    InclusionFilter,
    InclusionOut,
    SealedFilter,
    SealedOut,
    hashed,
    included,
    sealed,
)
from api.pagination import Cursor
from audit.models import Leaf
from provenance import proofs
from workflow.models import Case, Project
from workflow.permissions import Kind, Verb
from workflow.queries import readable_events

from .base import View, operation

NOT_SEALED = frozenset({409})  # the log, or what is asked for, has no signed head yet


class LogHead(View):
    """The signed head."""

    problems = NOT_SEALED

    @operation(operation_id="get_checkpoint", parameters=[HeadFilter], responses=HeadOut)
    def get(self, request: Request, slug: str) -> Response:
        """The newest signed head of the log, or that of `size`; and why none is signed now, if that is so."""
        project = _project(request, slug, Kind.CHECKPOINT)
        head = proofs.head_of(project, **self.asked(request, HeadFilter))
        shown = {name: getattr(head, name) for name in ("origin", "epoch", "size", "note", "vkey")}
        refused = {"refused_code": head.code, "refused_because": head.sentence}
        return Response({**shown, "root": hashed(head.root), **refused})


class LogEvents(View):
    """What was sealed."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("leaf_index",)

    @operation(operation_id="list_events", parameters=[SealedFilter], responses=SealedOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Sealed events of an epoch in the order of the log. Those of cases in which you play a part are left out."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.LOG).person()
        asked = self.asked(request, SealedFilter)
        names = {"start": "leaf_index__gte", "case": "event__stream_id", "action": "event__action"}
        conditions = {names[key]: value for key, value in asked.items() if key in names}
        log = proofs.log_of(member.project, asked.get("epoch"))
        leaves = Leaf.objects.filter(log=log, event__in=readable_events(member), **conditions)
        cursor = Cursor()
        page = cursor.paginate_queryset(leaves.select_related("event", "log"), request, view=self)
        return cursor.get_paginated_response([sealed(leaf) for leaf in page])


class InclusionProof(View):
    """That an event is in the log."""

    problems = NOT_SEALED

    @operation(operation_id="prove_inclusion", parameters=[InclusionFilter], responses=InclusionOut)
    def get(self, request: Request, slug: str) -> Response:
        """Prove that a leaf stands under the newest signed head, or under that of `size`."""
        project = _project(request, slug, Kind.LOG)
        asked = self.asked(request, InclusionFilter)
        return Response(included(proofs.inclusion(project, **asked)))


class ConsistencyProof(View):
    """That the log only grew."""

    problems = NOT_SEALED

    @operation(operation_id="prove_consistency", parameters=[ConsistencyFilter], responses=ConsistencyOut)
    def get(self, request: Request, slug: str) -> Response:
        """Prove that what was signed at one size is the beginning of what was signed at another."""
        project = _project(request, slug, Kind.CHECKPOINT)
        asked = self.asked(request, ConsistencyFilter)
        proof = proofs.consistency(project, asked["from"], asked.get("to"), asked.get("epoch"))
        return Response(
            {
                "epoch": proof.new.epoch,
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
        return Response({**included(found), "tlog_proof": text})


def _project(request: Request, slug: str, kind: Kind) -> Project:
    return acting_in_project(request, slug, Verb.SEE, kind).person().project
