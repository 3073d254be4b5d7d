"""Drafts of guidelines and protocols: changed until they are published, checked, and compared with what is in force."""

import difflib
import hashlib
import json
from typing import Any, Final

from django.db import transaction

from audit.canonical import escape

from .acting import Acting
from .documents import checked_guideline, checked_protocol, guideline_of, protocol_of
from .errors import AlreadyDone, InvalidInput, NotFound, Stale
from .models import GuidelineVersion, Project, ProtocolVersion, Role
from .protocol.faults import ProtocolError
from .protocol.protocol import Protocol
from .versions import published

Version = GuidelineVersion | ProtocolVersion
# Keys that people look for first, in the order in which they write them; others follow by name.
ORDER: Final = (
    *(
        "schema",
        "title",
        "instructions",
        "label_schema",
        "key",
        "kind",
        "label",
        "help",
        "value",
        "code",
        "unit",
    ),
    *("required", "not_assessable", "when", "then", "message", "reads", "rule", "count", "n", "min", "max"),
    *(
        "junior_review",
        "fields",
        "findings",
        "types",
        "mark",
        "comparator",
        "categories",
        "rules",
        "second_look",
    ),
    *("arbitration", "blinding", "safety_contact", "gold", "display", "feedback", "acceptance", "examples"),
)


def redraft(*, acting: Acting, version: Version, document: dict[str, Any], seen: str) -> Version:
    """Replace what a draft says. `seen`: the mark of what the author began from; Stale if it is not that any more."""
    acting.using(Role.MANAGER).within(version.project)
    with transaction.atomic():
        kind: Any = type(version)
        row: Version = kind.objects.select_for_update().get(pk=version.pk)
        if row.status != row.Status.DRAFT:
            raise AlreadyDone("This version was published meanwhile; it never changes. Make a new one.")
        if mark_of(row) != seen:
            raise Stale("Somebody changed this draft after you opened it. What you typed is still below.")
        row.draft = document
        row.save(update_fields=["draft"])
    return row


def mark_of(version: Version) -> str:
    """What tells one state of a draft from another."""
    return hashlib.sha256(text_of(document_of(version)).encode()).hexdigest()


def document_of(version: Version) -> dict[str, Any]:
    """What was published under the version's digest, or its draft."""
    return dict(version.content.data if version.content else version.draft or {})


def text_of(document: Any) -> str:
    """A document as people read and write it. The database forgets the order of keys, so they come in a fixed one."""
    return json.dumps(_in_order(document), indent=2, ensure_ascii=False)


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=_rank)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _rank(key: str) -> tuple[int, str]:
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def lines_by_path(value: Any, path: str = "", line: int = 1) -> dict[str, int]:
    """On which line of `text_of(value)` each of its members begins, by JSON pointer."""
    found = {path: line}
    for key, member in _members(value):
        below = lines_by_path(member, f"{path}/{escape(str(key))}", line + 1)
        found |= below
        line = max(below.values()) + _closes(member)
    return found


def _members(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(_in_order(value).items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _closes(value: Any) -> int:
    """How many lines after a value's last member close it and all that is last in it."""
    inner = _members(value)
    return _closes(inner[-1][1]) + 1 if inner else 0


def faults_of(version: Version) -> list[dict[str, str]]:
    """What keeps a draft from being published, each with its place; empty when nothing does."""
    try:
        as_published(version)
    except InvalidInput as error:
        return list(error.extra["faults"])
    return []


def as_published(version: Version) -> dict[str, Any]:
    """The document as publishing would store it; InvalidInput with every fault."""
    if isinstance(version, GuidelineVersion):
        return checked_guideline(document_of(version))
    guideline = published(GuidelineVersion, version.project)
    return checked_protocol(document_of(version), guideline_of(str(guideline.content_id))["label_schema"])


def in_force(version: Version) -> Version | None:
    """The last version of the same line that was published before this one."""
    line: Any = type(version).objects
    earlier = line.filter(project=version.project, content__isnull=False).exclude(pk=version.pk)
    if version.published_at is not None:
        earlier = earlier.filter(published_at__lt=version.published_at)
    found: Version | None = earlier.select_related("content").order_by("-published_at").first()
    return found


def difference(version: Version, before: Version | None) -> list[str]:
    """The lines of a unified diff from the version before to this one, both as they are published."""
    if before is None:
        return []
    try:
        document = as_published(version) if version.content is None else document_of(version)
    except InvalidInput:
        document = document_of(version)
    return list(
        difflib.unified_diff(
            _lines(document_of(before)),
            _lines(document),
            f"version {before.number}",
            f"version {version.number}",
            lineterm="",
        )
    )


def _lines(document: dict[str, Any]) -> list[str]:
    # Instructions are one long JSON string: compared line by line.
    text = text_of(document)
    return [part for line in text.splitlines() for part in line.replace("\\n", "\\n\n").split("\n")]


def protocol_to_check(project: Project, number: int | None) -> tuple[ProtocolVersion, Protocol]:
    """A protocol version by its number, a draft too, or the published one; InvalidInput if a draft has faults."""
    if number is None:
        version = published(ProtocolVersion, project)
        return version, protocol_of(str(version.content_id))
    found = ProtocolVersion.objects.select_related("content").filter(project=project, number=number).first()
    if found is None:
        raise NotFound("There is no such version.")
    return found, protocol_in(found)


def protocol_in(version: ProtocolVersion) -> Protocol:
    """The protocol that a version holds; InvalidInput if it is a draft with faults."""
    try:
        return Protocol.parse(document_of(version))
    except ProtocolError as error:
        raise InvalidInput(
            [{"path": f.path, "code": f.code, "message": f.message} for f in error.faults],
            "This draft has faults; mend them first.",
        ) from None
