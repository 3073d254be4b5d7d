"""Signed heads and proofs of a project's log, for whoever wants to check it while the service runs."""

from dataclasses import dataclass
from uuid import UUID

from audit import proving
from audit.bundle.proofs import proof_text
from audit.models import Checkpoint, Leaf, Log, Standing
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
    epoch: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That one leaf stands in its epoch's tree of a size: its hash and the nodes beside its way up, lowest first."""

    epoch: int
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


def log_of(project: Project, epoch: int | None = None) -> int:
    """The id of a project's present log, or of an epoch's; NotFound if there is no such epoch."""
    if epoch is None:
        return project.log_id
    found = Log.objects.filter(project_id=project.pk, epoch=epoch).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(f"This project's log has no epoch {epoch}.")
    return found


def head_of(project: Project, size: int | None = None, epoch: int | None = None) -> Head:
    """The newest signed head of a project's log, or that of a size. NotSealed, or NotFound, if there is none."""
    return head_in(log_of(project, epoch), size)


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
    epoch = Log.objects.values_list("epoch", flat=True).get(pk=log_id)
    about = (found.note, standing.vkey, standing.code, standing.sentence, epoch)
    return Head(told.origin, told.size, told.root, *about)


def newest_head(log_id: int) -> Head | None:
    """The newest signed head of a log, if there is one."""
    try:
        return head_in(log_id)
    except NotSealed:
        return None


def inclusion(
    project: Project, leaf: int | UUID, size: int | None = None, epoch: int | None = None
) -> Inclusion:
    """Prove that a leaf is under its epoch's newest signed head, or under the one of a size.

    It is named by its place, in the present epoch or the one that is named, or by its event, in whichever that is.
    """
    log = log_of(project, epoch)
    leaves = Leaf.objects.filter(log__project_id=project.pk)
    if isinstance(leaf, int):
        found = leaves.filter(log=log, leaf_index=leaf).first()
    else:
        found = leaves.filter(event__event_id=leaf, **({"log": log} if epoch else {})).first()
    head = head_in(found.log_id if found else log, size)
    if found is None:
        raise NotFound("There is no such event in this log, or it isn't sealed yet.")
    if found.leaf_index >= head.size:
        raise NotSealed()
    hashes = proving.inclusion_proof(found.log_id, found.leaf_index, head.size)
    return Inclusion(head.epoch, found.leaf_index, bytes(found.leaf_hash), head.size, head.root, hashes)


def consistency(
    project: Project, old_size: int, size: int | None = None, epoch: int | None = None
) -> Consistency:
    """Prove that what was signed at one size is the beginning of what was signed at another, in one epoch."""
    new = head_of(project, size, epoch)
    old = head_of(project, old_size, epoch)
    if old.size > new.size:
        old, new = new, old
    return Consistency(old, new, proving.consistency_proof(log_of(project, epoch), old.size, new.size))


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
