"""Signed heads and proofs of a project's log, for whoever wants to check it while the service runs."""

from dataclasses import dataclass
from uuid import UUID

from audit import proving
from audit.bundle.proofs import proof_text
from audit.models import Checkpoint, Leaf, Standing
from audit.notes import parse_checkpoint, split
from workflow.errors import NotFound
from workflow.models import Case, Project

from .errors import NotSealed


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head, with the key that verifies it and what keeps the sealer from signing another, if anything."""

    origin: str
    size: int
    root: bytes
    note: str
    vkey: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That one leaf stands in the tree of a size: its hash and the nodes beside its way up, lowest first."""

    index: int
    leaf: bytes
    size: int
    root: bytes
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of one size is the beginning of the tree of another."""

    old: Head
    new: Head
    hashes: list[bytes]


def head_of(project: Project, size: int | None = None) -> Head:
    """The newest signed head of a project's log, or that of a size. NotSealed, or NotFound, if there is none."""
    return head_in(project.log_id, size)


def head_in(log_id: int, size: int | None = None) -> Head:
    """The newest signed head of a log, or that of a size. NotSealed, or NotFound, if there is none."""
    signed = Checkpoint.objects.filter(log=log_id)
    found = (signed if size is None else signed.filter(size=size)).order_by("-size").first()
    if found is None and size is not None:
        raise NotFound(
            f"No head of {size} events was signed. Ask for the newest: every size that was signed is kept."
        )
    if found is None:
        raise NotSealed("No head of this project's log is signed yet. The sealer signs one each minute.")
    told = parse_checkpoint(split(found.note)[0])
    standing = Standing.objects.filter(log=log_id).first() or Standing()
    about = (found.note, standing.vkey, standing.code, standing.sentence)
    return Head(told.origin, told.size, told.root, *about)


def newest_head(log_id: int) -> Head | None:
    """The newest signed head of a log, if there is one."""
    try:
        return head_in(log_id)
    except NotSealed:
        return None


def inclusion(project: Project, leaf: int | UUID, size: int | None = None) -> Inclusion:
    """Prove that a leaf, named by its place or by its event, is under the newest signed head, or one of a size."""
    by = {"log": project.log_id, "leaf_index": leaf} if isinstance(leaf, int) else {"event__event_id": leaf}
    found = Leaf.objects.filter(log__project_id=project.pk, **by).first()
    head = head_in(found.log_id if found else project.log_id, size)
    if found is None:
        raise NotFound("There is no such event in this log, or it isn't sealed yet.")
    if found.leaf_index >= head.size:
        raise NotSealed()
    hashes = proving.inclusion_proof(found.log_id, found.leaf_index, head.size)
    return Inclusion(found.leaf_index, bytes(found.leaf_hash), head.size, head.root, hashes)


def consistency(project: Project, old_size: int, size: int | None = None) -> Consistency:
    """Prove that what was signed at one size is the beginning of what was signed at another."""
    new = head_of(project, size)
    old = head_of(project, old_size)
    if old.size > new.size:
        old, new = new, old
    return Consistency(old, new, proving.consistency_proof(project.log_id, old.size, new.size))


def proof_of_case(case: Case) -> tuple[Inclusion, str]:
    """The proof of the last event of a case that is under the newest signed head, and it as a C2SP tlog-proof.

    Each event carries the hash of the one before, so the proof of the last covers the case's whole history.
    """
    sealed = Leaf.objects.filter(event__stream_id=case.pk).order_by("-event__stream_seq")
    for log_id in list(dict.fromkeys(sealed.values_list("log", flat=True))) or [case.project.log_id]:
        head = head_in(log_id)
        covered = sealed.filter(log=log_id, leaf_index__lt=head.size)
        last = covered.values_list("event__event_id", flat=True).first()
        if last is not None:
            break
    else:
        raise NotSealed()
    found = inclusion(case.project, last, head.size)
    return found, proof_text(found.index, found.hashes, head.note).decode()
