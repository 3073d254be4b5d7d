"""The log of one case, read from the log's own tables alone. As many queries for a long case as for a short one,
beside those of the inclusion proof, which grow with the logarithm of the log."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from audit import proving
from audit.bundle.contents import committed_in
from audit.canonical import CanonicalError, parse
from audit.checking import snapshot
from audit.citations import cited_commitments, cited_contents
from audit.models import Content, Event, Log, Opening
from workflow.errors import NotFound

from .case_log import CaseLog, Covered, Logged, Opened
from .errors import LogUnreadable
from .proofs import newest_head

CASE = "case"


def case_log(log_id: int, case_id: UUID) -> CaseLog:
    """Everything that a project's log holds of a case, in one view of the database; NotFound if that is nothing."""
    with snapshot():
        logged = _logged(log_id, case_id)
        if not logged:
            raise NotFound("The log doesn't know this case.")
        contents = _contents(logged)
        return CaseLog(logged, contents, _openings(logged, contents), _covered(logged))


def _logged(log_id: int, case_id: UUID) -> list[Logged]:
    epochs = Log.objects.filter(project_id__in=Log.objects.filter(pk=log_id).values("project_id"))
    rows = Event.objects.filter(log__in=epochs, stream_kind=CASE, stream_id=case_id).order_by("stream_seq")
    found = rows.values_list("body", "leaf__leaf_index", "leaf__leaf_hash")
    return [_taken(bytes(body), index, None if leaf is None else bytes(leaf)) for body, index, leaf in found]


def _taken(body: bytes, index: int | None, leaf: bytes | None) -> Logged:
    try:
        return Logged(body, parse(body), index, leaf)
    except CanonicalError:
        raise LogUnreadable() from None


def _contents(logged: Iterable[Logged]) -> dict[str, bytes]:
    wanted = {digest for one in logged for digest, _ in cited_contents(one.event)}
    rows = Content.objects.filter(pk__in=wanted).values_list("digest", "body")
    return {digest: bytes(body) for digest, body in rows}


def _openings(logged: Iterable[Logged], contents: dict[str, bytes]) -> dict[str, Opened]:
    """What opens the people, reasons, remarks and the reference; never the patient's key."""
    wanted = {commitment for one in logged for commitment in cited_commitments(one.event)}
    for digest in {digest for one in logged for digest in _committing(one.event)} & contents.keys():
        wanted.update(_commitments_of(contents[digest]))
    rows = Opening.objects.filter(pk__in=wanted).values_list("commitment", "kind", "salt", "value")
    return {commitment: Opened(kind, bytes(salt), value) for commitment, kind, salt, value in rows}


def _committing(event: dict[str, Any]) -> Iterator[str]:
    """The digests of contents that hold commitments themselves: a case's registration, a reviewer's remarks."""
    if event["action"] == "case.created":
        yield event["after"]["digest"]
    yield from (item["digest"] for item in event["inputs"] if item["role"] == "comments")


def _commitments_of(body: bytes) -> Iterator[str]:
    try:
        yield from committed_in(parse(body))
    except CanonicalError:
        return  # named when the content is held against its digest


def _covered(logged: list[Logged]) -> Covered | None:
    """Under the newest signed head of the last epoch in which one covers an event of the case."""
    for origin in dict.fromkeys(str(one.event["log"]) for one in reversed(logged)):
        log_id = Log.objects.filter(origin=origin).values_list("pk", flat=True).first()
        head = newest_head(log_id) if log_id is not None else None
        mine = [one for one in logged if one.event["log"] == origin and one.leaf_index is not None]
        under = [one for one in mine if head and (one.leaf_index or 0) < head.size]
        if head is not None and log_id is not None and under:
            last, place = under[-1], under[-1].leaf_index or 0
            return Covered(head, last, place, proving.inclusion_proof(log_id, place, head.size))
    return None
